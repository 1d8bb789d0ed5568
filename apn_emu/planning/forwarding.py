"""How packets go between sites over lightpaths and routers: destination trees, ECMP, broadcast.

Without a graph library: the controller computes it anew for each lightpath that comes or goes, in a
machine where an import costs more than the search.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from apn_emu.planning.lightpaths import Lightpath
from apn_emu.planning.packets import Hop

_Graph = dict[str, dict[str, list[Hop]]]


def _hop_graph(places: Sequence[str], hops: Sequence[Hop]) -> _Graph:
    """Return place -> neighbour -> all parallel hops between the two, the fastest first.

    What ends at a gateway joins no two places.
    """
    graph: _Graph = {place: {} for place in places}
    for hop in hops:
        a, b = hop.a.site, hop.b.site
        if not graph.keys() >= {a, b}:
            continue
        parallel = [*graph[a].get(b, ()), hop]
        graph[a][b] = graph[b][a] = sorted(parallel, key=_latency_ns)
    return graph


def _latency_ns(hop: Hop) -> int:
    return hop.latency.total_ns


def _distances_ns(graph: _Graph, destination: str) -> dict[str, int]:
    """Return the least latency to `destination` of each place that reaches it (Dijkstra)."""
    distances: dict[str, int] = {}
    heap = [(0, destination)]
    while heap:
        ns, place = heapq.heappop(heap)
        if place not in distances:
            distances[place] = ns
            for neighbour, parallel in graph[place].items():
                heapq.heappush(heap, (ns + _latency_ns(parallel[0]), neighbour))
    return distances


def next_hops(
    sites: Sequence[str], hops: Sequence[Hop], routers: Sequence[str] = ()
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return site or router -> destination site -> ids of the hops to the next place.

    For each destination the next hops form a tree of least latency, so no packet ever loops (each
    hop must have some latency); equal latencies go to the place that comes first, sites before
    routers. Parallel hops share the flows. A destination without a path is left out.

    A site of another domain is reached over end-to-end lightpaths from the same site only: nobody
    carries packets between others' domains.
    """
    places = [*sites, *routers]
    graph = _hop_graph(places, hops)
    order = {place: number for number, place in enumerate(places)}
    neighbours = {place: sorted(graph[place], key=order.__getitem__) for place in places}
    ids: dict[str, dict[str, tuple[str, ...]]] = {place: {} for place in places}
    for destination in sites:
        distance = _distances_ns(graph, destination)
        for place in places:
            if place == destination or place not in distance:  # else its neighbours reach it too
                continue
            via = min(
                neighbours[place],
                key=lambda n: distance[n] + _latency_ns(graph[place][n][0]),
            )
            ids[place][destination] = tuple(hop.id for hop in graph[place][via])
    for hop in hops:
        if isinstance(hop, Lightpath) and hop.remote:
            own = hop.a.site if hop.a.site in ids else hop.b.site
            ids[own][hop.remote] = (*ids[own].get(hop.remote, ()), hop.id)
    return ids


def broadcast_tree(
    sites: Sequence[str], hops: Sequence[Hop], routers: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the hops of a spanning tree of least latency, one for each of its edges."""
    tree_of = {place: {place} for place in (*sites, *routers)}
    chosen = []
    between = (hop for hop in hops if tree_of.keys() >= {hop.a.site, hop.b.site})
    for hop in sorted(between, key=_latency_ns):  # Kruskal
        a, b = tree_of[hop.a.site], tree_of[hop.b.site]
        if a is not b:
            chosen.append(hop.id)
            a |= b
            tree_of.update(dict.fromkeys(b, a))
    return tuple(sorted(chosen))
