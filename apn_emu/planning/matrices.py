"""The flows of a traffic matrix, and the cut that bounds them. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from apn_emu.planning.cuts import bisection, capacities, minimum_cut_bps
from apn_emu.planning.plan import Plan
from apn_emu.scenario.matrices import AnyMatrix, Gravity, pairs_of
from apn_emu.scenario.places import Pair

MAX_PAIRS = 2000
"""Of servers in a matrix."""


def too_many(flows: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a matrix of so many flows, and a remedy."""
    if len(flows) > MAX_PAIRS:
        yield f"{len(flows)} pairs of servers are more than {MAX_PAIRS}", "use fewer servers"


def planned_matrix(
    matrix: AnyMatrix, plan: Plan, populations: Mapping[str, int | None]
) -> dict[str, Any]:
    """Return what the plan of a `throughput` workload needs.

    `flows`: a list of `ends` (two `site/number`), `rate_bps` (None for as much as goes),
    `share_bps` (that, or its share of the narrowest place on its way) and `crosses` (whether it
    counts at the cut); `cut_bps`: the cut's capacity over all directions in
    which flows cross it, None if none does or the sites are too many for a bisection.
    """
    servers = {site.id: len(site.servers) for site in plan.sites}
    pairs = pairs_of(matrix, servers)
    rates: list[float | None] = [None] * len(pairs)
    if isinstance(matrix, Gravity):
        rates = gravity(pairs, matrix.total_bps, weights(servers, populations))
    cut_bps, crosses = _cut(pairs, plan, servers)
    full = planned_load(matrix, 1.0, plan)
    flows = [
        {**alone, "rate_bps": rate_bps, "share_bps": rate_bps or alone["rate_bps"], "crosses": cut}
        for alone, rate_bps, cut in zip(full, rates, crosses, strict=True)
    ]
    return {"flows": flows, "cut_bps": cut_bps}


def planned_load(matrix: AnyMatrix, load: float, plan: Plan) -> list[dict[str, Any]]:
    """Return `ends` and `rate_bps` that is offered, for each pair of servers.

    The load is that of the narrowest place on the way: of the two cards or of the lightpaths, each
    shared equally by the pairs of servers that use it. Other sites' flows that pass through are
    not counted. Pairs without a way between them offer nothing.
    """
    pairs = pairs_of(matrix, {site.id: len(site.servers) for site in plan.sites})
    members = Counter((pair.source.site, pair.destination.site) for pair in pairs)
    sent, received = Counter(p.source for p in pairs), Counter(p.destination for p in pairs)
    flows = []
    for pair in pairs:
        sites = (pair.source.site, pair.destination.site)
        cards_bps = [plan.site_by_id[site].server_rate_bps for site in sites]
        share_bps = min(
            cards_bps[0] / sent[pair.source],
            cards_bps[1] / received[pair.destination],
            _lightpaths_bps(plan, *sites) / members[sites],
        )
        flows.append({"ends": [str(end) for end in pair], "rate_bps": load * share_bps})
    return flows


def _lightpaths_bps(plan: Plan, source: str, destination: str) -> float:
    """Return the rate of the narrowest lightpaths between two sites; 0 if there is no way."""
    narrowest_bps = math.inf
    if not plan.joins(source, destination):
        return 0.0
    for ways in plan.ways(source, destination):
        narrowest_bps = min(narrowest_bps, sum(steps[0].hop.rate_bps for steps in ways))
    return narrowest_bps


def weights(servers: Mapping[str, int], populations: Mapping[str, int | None]) -> dict[str, float]:
    """Return how much a site counts: its population; if one is not known, all count by servers."""
    known = {site: populations.get(site) for site in servers}
    if all(known.values()):
        return {site: float(population or 0) for site, population in known.items()}
    return {site: float(count) for site, count in servers.items()}


def gravity(
    pairs: Sequence[Pair], total_bps: float, weight: Mapping[str, float]
) -> list[float | None]:
    """Return the rate of each pair of servers: sites share the total in proportion to the product
    of their weights, and the servers of two sites share theirs equally."""
    members = Counter((pair.source.site, pair.destination.site) for pair in pairs)
    whole = math.fsum(weight[source] * weight[destination] for source, destination in members)
    rates: list[float | None] = []
    for pair in pairs:
        sites = (pair.source.site, pair.destination.site)
        rates.append(total_bps * weight[sites[0]] * weight[sites[1]] / whole / members[sites])
    return rates


def _cut(
    pairs: Sequence[Pair], plan: Plan, servers: Mapping[str, int]
) -> tuple[float | None, list[bool]]:
    """Return the capacity of the cut, and which pairs cross it."""
    rates_bps = [plan.lightpath_by_id[service.segments[0]].rate_bps for service in plan.services]
    pairs_of_sites = [(service.source, service.destination) for service in plan.services]
    graph = capacities([(*two, bps) for two, bps in zip(pairs_of_sites, rates_bps, strict=True)])
    graph.add_nodes_from(servers)
    between = [pair for pair in pairs if pair.source.site != pair.destination.site]
    sending = _cards_bps(plan, [pair.source for pair in between])
    receiving = _cards_bps(plan, [pair.destination for pair in between])
    nothing = [False] * len(pairs)
    if not between:
        return None, nothing
    if not sending.keys() & receiving.keys():
        capacity_bps = minimum_cut_bps(graph, sending, receiving)
        return capacity_bps, [pair in set(between) for pair in pairs]
    flows = Counter((pair.source.site, pair.destination.site) for pair in between)
    cut = bisection(graph, servers, sending | receiving, flows)
    if cut is None:
        return None, nothing
    crosses = [
        (pair.source.site in cut.near) != (pair.destination.site in cut.near) for pair in pairs
    ]
    return cut.capacity_bps or None, crosses


def _cards_bps(plan: Plan, ends: Sequence[Any]) -> dict[str, float]:
    """Return site -> rate of the cards of the different servers in `ends`."""
    rates: dict[str, float] = {}
    for server in sorted(set(ends)):
        rate_bps = plan.site_by_id[server.site].server_rate_bps
        rates[server.site] = rates.get(server.site, 0.0) + rate_bps
    return rates
