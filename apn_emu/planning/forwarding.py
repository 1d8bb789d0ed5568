"""How packets go between sites over the lightpaths: destination trees, ECMP, the broadcast tree."""

from __future__ import annotations

from collections.abc import Sequence

import networkx as nx

from apn_emu.planning.plan import Lightpath


def _lightpath_graph(sites: Sequence[str], lightpaths: Sequence[Lightpath]) -> nx.Graph[str]:
    """Graph of sites; an edge keeps all parallel lightpaths and the latency of the fastest."""
    graph: nx.Graph[str] = nx.Graph()
    graph.add_nodes_from(sites)
    for lightpath in lightpaths:
        a, b = lightpath.a.site, lightpath.b.site
        parallel = [*graph.edges.get((a, b), {}).get("lightpaths", ()), lightpath]
        parallel.sort(key=lambda p: p.latency.total_ns)
        graph.add_edge(a, b, lightpaths=parallel, ns=parallel[0].latency.total_ns)
    return graph


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
        distance = nx.single_source_dijkstra_path_length(graph, destination, weight="ns")
        for site in sites:
            if site == destination or site not in distance:
                continue
            via = min(
                (n for n in sites if n in graph[site] and n in distance),
                key=lambda n: distance[n] + graph[site][n]["ns"],
            )
            hops[site][destination] = tuple(p.id for p in graph[site][via]["lightpaths"])
    return hops


def broadcast_tree(sites: Sequence[str], lightpaths: Sequence[Lightpath]) -> tuple[str, ...]:
    """Return the lightpaths of a spanning tree of least latency, one for each of its edges."""
    graph = _lightpath_graph(sites, lightpaths)
    edges = nx.minimum_spanning_edges(graph, weight="ns", data=True)
    return tuple(sorted(data["lightpaths"][0].id for _, _, data in edges))
