"""The optical network as data: nodes (ROADM sites) and links (fibre pairs). Pure, immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Node:
    """A place with a ROADM. Coordinates in degrees (WGS 84), `population` of the area served."""

    id: str
    name: str
    lat: float | None = None
    lon: float | None = None
    population: int | None = None


@dataclass(frozen=True)
class Link:
    """A fibre pair between two nodes, one fibre for each direction.

    `length_km` is the length of the fibre itself, never a great circle. Links that share a duct or
    bridge name the same `srlgs` (shared-risk link groups, RFC 4203) and fail together.
    """

    id: str
    a: str
    b: str
    length_km: float
    srlgs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Network:
    """Nodes and links, with the source of their lengths."""

    name: str
    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def node_by_id(self) -> dict[str, Node]:
        """Nodes by their id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def link_by_id(self) -> dict[str, Link]:
        """Links by their id (`a-b`; parallel links `a-b#2`)."""
        return {link.id: link for link in self.links}

    @cached_property
    def graph(self) -> nx.MultiGraph[str]:
        """Undirected multigraph, edges keyed by link id with `length_km`."""
        import networkx as nx  # only here: the controller does without, and it is slow to import

        graph: nx.MultiGraph[str] = nx.MultiGraph()
        graph.add_nodes_from(node.id for node in self.nodes)
        for link in self.links:
            graph.add_edge(link.a, link.b, key=link.id, length_km=link.length_km)
        return graph

    def _repr_html_(self) -> str:
        """Return the map as Jupyter shows it."""
        from apn_emu.results.network_map import network_map

        return network_map(self)
