"""The narrowest place between senders and receivers, or between two halves of the sites. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import combinations
from typing import NamedTuple

import networkx as nx

MAX_SITES = 16
"""Of a bisection: all splits are tried, 12,870 of them at most."""


class Cut(NamedTuple):
    """Sites on the near side, and the capacity from there to the other side."""

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
    graph: nx.Graph[str], servers: Mapping[str, int], cards_bps: Mapping[str, float]
) -> Cut | None:
    """Return the two halves that the least capacity joins, one direction; None for more sites than
    `MAX_SITES`.

    `servers` counts those of each site, `cards_bps` adds up the rates of their cards. Halves are as
    equal in servers as a split between sites can be; of equally narrow ones the first is taken.
    """
    sites = tuple(servers)
    if len(sites) > MAX_SITES:
        return None
    total = sum(servers.values())
    found: list[tuple[int, float, frozenset[str]]] = []
    for size in range(1, len(sites)):
        for others in combinations(sites[1:], size - 1):
            near = frozenset((sites[0], *others))
            imbalance = abs(total - 2 * sum(servers[site] for site in near))
            found.append((imbalance, 0.0, near))
    best = min(imbalance for imbalance, _, _ in found)
    cuts = [Cut(near, _crossing_bps(graph, near, cards_bps)) for i, _, near in found if i == best]
    return min(cuts, key=lambda cut: cut.capacity_bps)


def _crossing_bps(
    graph: nx.Graph[str], near: frozenset[str], cards_bps: Mapping[str, float]
) -> float:
    lightpaths_bps = nx.cut_size(graph, near, weight="capacity")
    near_bps = sum(rate for site, rate in cards_bps.items() if site in near)
    far_bps = sum(rate for site, rate in cards_bps.items() if site not in near)
    return float(min(lightpaths_bps, near_bps, far_bps))
