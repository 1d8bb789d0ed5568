"""How packets go between sites over the lightpaths: destination trees, ECMP, the broadcast tree.

Without a graph library: the controller computes it anew for each lightpath that comes or goes, in a
machine where an import costs more than the search.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from apn_emu.planning.lightpaths import Lightpath

_Graph = dict[str, dict[str, list[Lightpath]]]


def _lightpath_graph(sites: Sequence[str], lightpaths: Sequence[Lightpath]) -> _Graph:
    """Return site -> neighbour -> all parallel lightpaths between the two, the fastest first."""
    graph: _Graph = {site: {} for site in sites}
    for lightpath in lightpaths:
        a, b = lightpath.a.site, lightpath.b.site
        parallel = [*graph[a].get(b, ()), lightpath]
        graph[a][b] = graph[b][a] = sorted(parallel, key=_latency_ns)
    return graph


def _latency_ns(lightpath: Lightpath) -> int:
    return lightpath.latency.total_ns


def _distances_ns(graph: _Graph, destination: str) -> dict[str, int]:
    """Return the least latency to `destination` of each site that reaches it (Dijkstra)."""
    distances: dict[str, int] = {}
    heap = [(0, destination)]
    while heap:
        ns, site = heapq.heappop(heap)
        if site not in distances:
            distances[site] = ns
            for neighbour, parallel in graph[site].items():
                heapq.heappush(heap, (ns + _latency_ns(parallel[0]), neighbour))
    return distances


def next_hops(
    sites: Sequence[str], lightpaths: Sequence[Lightpath]
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return site -> destination -> ids of the lightpaths to the next site.

    For each destination the next hops form a tree of least latency, so no packet ever loops;
    equal latencies go to the site that comes first in `sites`. Parallel lightpaths share the
    flows. A destination without a path is left out.
    """
    graph = _lightpath_graph(sites, lightpaths)
    hops: dict[str, dict[str, tuple[str, ...]]] = {site: {} for site in sites}
    for destination in sites:
        distance = _distances_ns(graph, destination)
        for site in sites:
            if site == destination or site not in distance:
                continue
            via = min(
                (n for n in sites if n in graph[site] and n in distance),
                key=lambda n: distance[n] + _latency_ns(graph[site][n][0]),
            )
            hops[site][destination] = tuple(p.id for p in graph[site][via])
    return hops


def broadcast_tree(sites: Sequence[str], lightpaths: Sequence[Lightpath]) -> tuple[str, ...]:
    """Return the lightpaths of a spanning tree of least latency, one for each of its edges."""
    tree_of = {site: {site} for site in sites}
    chosen = []
    for lightpath in sorted(lightpaths, key=_latency_ns):  # Kruskal
        a, b = tree_of[lightpath.a.site], tree_of[lightpath.b.site]
        if a is not b:
            chosen.append(lightpath.id)
            a |= b
            tree_of.update(dict.fromkeys(b, a))
    return tuple(sorted(chosen))
