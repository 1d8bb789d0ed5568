"""The narrowest place between senders and receivers, or between two halves of the sites. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import combinations
from typing import NamedTuple

import networkx as nx

MAX_SITES = 12
"""Of a bisection: all splits are tried, 462 of equal halves at most."""


class Cut(NamedTuple):
    """Sites on the near side, and the capacity between them and all others."""

    near: frozenset[str]
    capacity_bps: float


def capacities(lightpaths: Collection[tuple[str, str, float]]) -> nx.Graph[str]:
    """Return the graph of sites; `lightpaths` are (site, site, bit/s each way), parallel ones add
    up."""
    graph: nx.Graph[str] = nx.Graph()
    for a, b, rate_bps in lightpaths:
        before_bps = graph.edges[a, b]["capacity"] if graph.has_edge(a, b) else 0.0
        graph.add_edge(a, b, capacity=before_bps + rate_bps)
    return graph


def minimum_cut_bps(
    graph: nx.Graph[str], senders: Mapping[str, float], receivers: Mapping[str, float]
) -> float:
    """Return the most that all senders together can get to all receivers (max-flow min-cut).

    Both are site -> bit/s of its servers' cards; no site may be in both.
    """
    directed = nx.DiGraph(graph)
    for site, rate_bps in senders.items():
        directed.add_edge(_SENDERS, site, capacity=rate_bps)
    for site, rate_bps in receivers.items():
        directed.add_edge(site, _RECEIVERS, capacity=rate_bps)
    return float(nx.minimum_cut_value(directed, _SENDERS, _RECEIVERS))


_SENDERS, _RECEIVERS = "/senders", "/receivers"
"""No name of a site has a slash."""


def bisection(
    graph: nx.Graph[str],
    servers: Mapping[str, int],
    cards_bps: Mapping[str, float],
    flows: Mapping[tuple[str, str], int],
) -> Cut | None:
    """Return the two halves that the least capacity joins; None for more sites than `MAX_SITES`.

    `servers` counts those of each site, `cards_bps` adds up the rates of their cards, `flows`
    counts those from site to site. Halves are as equal in servers as a split between sites can be;
    of equally narrow ones the first is taken. The capacity is over the directions in which flows
    cross: that of lightpaths, or that of cards when each shares its rate equally among its flows.
    """
    sites = tuple(servers)
    if len(sites) > MAX_SITES:
        return None
    splits = [
        frozenset((sites[0], *others))
        for size in range(1, len(sites))
        for others in combinations(sites[1:], size - 1)
    ]
    total = sum(servers.values())
    imbalance = [abs(total - 2 * sum(servers[site] for site in near)) for near in splits]
    cuts = [
        Cut(near, _capacity_bps(graph, near, cards_bps, flows))
        for near, unequal in zip(splits, imbalance, strict=True)
        if unequal == min(imbalance)
    ]
    return min(cuts, key=lambda cut: cut.capacity_bps)


def _capacity_bps(
    graph: nx.Graph[str],
    near: frozenset[str],
    cards_bps: Mapping[str, float],
    flows: Mapping[tuple[str, str], int],
) -> float:
    lightpaths_bps = nx.cut_size(graph, near, weight="capacity")
    capacity_bps = 0.0
    for from_near in (True, False):
        crossing = {
            sites: count
            for sites, count in flows.items()
            if (sites[0] in near) == from_near and (sites[1] in near) != from_near
        }
        if crossing:
            ends_bps = [_cards_share_bps(end, crossing, flows, cards_bps) for end in (0, 1)]
            capacity_bps += min(lightpaths_bps, *ends_bps)
    return capacity_bps


def _cards_share_bps(
    end: int,
    crossing: Mapping[tuple[str, str], int],
    flows: Mapping[tuple[str, str], int],
    cards_bps: Mapping[str, float],
) -> float:
    """Return the rate of all sending (`end` 0) or receiving (1) cards for the flows that cross."""
    of_site, all_of_site = Counter[str](), Counter[str]()
    for counter, counted in ((of_site, crossing), (all_of_site, flows)):
        for sites, count in counted.items():
            counter[sites[end]] += count
    return sum(cards_bps[site] * count / all_of_site[site] for site, count in of_site.items())
