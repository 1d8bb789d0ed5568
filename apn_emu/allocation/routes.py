"""Candidate routes: K shortest loopless paths in a stated, total order.

Order `km`: fewest kilometres, then fewest hops. Order `hops`: fewest hops, then fewest kilometres.
Routes equal in both are ordered by the positions of their links in the network's file, so the same
file gives the same routes on every machine. Yen (Management Science 17, 1971) with Lawler's
restriction of the deviations; each search is an A* guided by exact distances to the destination.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from apn_emu.network.model import Link, Network

_MM_PER_KM = 1_000_000
_TIER = 10**14
"""Far above the length of any route in millimetres, so that one integer holds (hops, km)."""


class Order(StrEnum):
    """What makes a route short."""

    KM = "km"
    HOPS = "hops"


class Fibre(NamedTuple):
    """One fibre of a pair: the link, and the node that sends into it."""

    link: str
    source: str


@dataclass(frozen=True)
class Route:
    """A loopless path through the network: n + 1 nodes, n links; the length is the fibres'."""

    nodes: tuple[str, ...]
    links: tuple[str, ...]
    length_km: float

    @property
    def hops(self) -> int:
        """Number of links."""
        return len(self.links)

    @cached_property
    def fibres(self) -> tuple[Fibre, ...]:
        """The fibres of the forward direction, first to last."""
        return tuple(map(Fibre, self.links, self.nodes))

    @cached_property
    def both_directions(self) -> tuple[Fibre, ...]:
        """The fibres of the forward direction, then those of the way back."""
        return (*self.fibres, *map(Fibre, self.links, self.nodes[1:]))

    def __str__(self) -> str:
        return " - ".join(self.nodes)


class RouteFinder:
    """Path searches on one network in one order; the integer graph and its trees are kept."""

    def __init__(self, network: Network, order: Order = Order.KM) -> None:
        self.network = network
        self.order = order
        self._index = {node.id: position for position, node in enumerate(network.nodes)}
        self._arcs: list[list[tuple[int, int, int]]] = [[] for _ in network.nodes]
        for position, link in enumerate(network.links):
            cost, a, b = self._cost(link), self._index[link.a], self._index[link.b]
            self._arcs[a].append((position, b, cost))
            self._arcs[b].append((position, a, cost))
        self._trees: dict[int, list[float]] = {}

    def k_shortest(
        self, source: str, destination: str, k: int, avoid: Collection[str] = ()
    ) -> list[Route]:
        """Return the first `k` routes, or as many as there are; see `routes`."""
        return list(islice(self.routes(source, destination, avoid), k))

    def routes(self, source: str, destination: str, avoid: Collection[str] = ()) -> Iterator[Route]:
        """Yield all loopless routes, shortest first, without the nodes and links of `avoid`.

        Raises `KeyError` for an unknown node, `ValueError` when source and destination are one.
        """
        start, goal = self._index[source], self._index[destination]
        if start == goal:
            raise ValueError(f"a route from {source!r} to itself")
        no_node = frozenset(self._index[name] for name in avoid if name in self._index)
        no_link = frozenset(i for i, link in enumerate(self.network.links) if link.id in avoid)
        if start in no_node or goal in no_node:
            return
        for path in self._yen(start, goal, no_node, no_link):
            yield self._route(start, path)

    def link_cost(self, link: str) -> int:
        """Return a link's part in the order's cost: an integer that adds up along a route."""
        return self._cost(self.network.link_by_id[link])

    def cost(self, route: Route) -> int:
        """Return the cost by which routes are ordered."""
        return sum(map(self.link_cost, route.links))

    def route(self, nodes: Sequence[str], links: Sequence[str]) -> Route:
        """Return the route along these nodes and links."""
        lengths_km = (self.network.link_by_id[link].length_km for link in links)
        return Route(tuple(nodes), tuple(links), math.fsum(lengths_km))

    def _yen(
        self, start: int, goal: int, no_node: frozenset[int], no_link: frozenset[int]
    ) -> Iterator[tuple[int, ...]]:
        """Yield paths as tuples of link positions in the total order (cost, positions)."""
        first = self._search(start, goal, no_node, no_link)
        queue = [(*first, 0)] if first else []
        deviations: dict[tuple[int, ...], set[int]] = {}
        while queue:
            _, path, deviated_at = heapq.heappop(queue)
            yield path
            for position, link in enumerate(path):
                deviations.setdefault(path[:position], set()).add(link)
            node, root_cost, root_nodes = start, 0, set(no_node)
            for position, link in enumerate(path):
                if position >= deviated_at:
                    root = path[:position]
                    banned = no_link | deviations[root]
                    spur = self._search(node, goal, root_nodes, banned, (root_cost, root))
                    if spur:
                        heapq.heappush(queue, (*spur, position))
                root_nodes.add(node)
                node, cost = self._step(node, link)
                root_cost += cost

    def _search(
        self,
        start: int,
        goal: int,
        no_node: Collection[int],
        no_link: Collection[int],
        root: tuple[int, tuple[int, ...]] = (0, ()),
    ) -> tuple[int, tuple[int, ...]] | None:
        """Return cost and path of the first path in the order, `root` included, or None.

        Entries compare as (estimate, path); prefixes of the smallest path are always popped before
        anything that could close their last node, hence ties fall to the smallest path.
        """
        bound = self._distances_to(goal)
        heap: list[tuple[float, tuple[int, ...], int, int]] = [
            (root[0] + bound[start], root[1], start, root[0])
        ]
        closed = set(no_node)
        while heap:
            _, path, node, cost = heapq.heappop(heap)
            if node == goal:
                return cost, path
            if node in closed:
                continue
            closed.add(node)
            for link, neighbour, step in self._arcs[node]:
                if neighbour not in closed and link not in no_link:
                    reach = cost + step
                    heapq.heappush(
                        heap, (reach + bound[neighbour], (*path, link), neighbour, reach)
                    )
        return None

    def _distances_to(self, goal: int) -> list[float]:
        """Return the cost of the best way to `goal` from each node, nothing avoided."""
        if goal not in self._trees:
            distances = [math.inf] * len(self._arcs)
            heap = [(0, goal)]
            while heap:
                cost, node = heapq.heappop(heap)
                if cost < distances[node]:
                    distances[node] = cost
                    for _, neighbour, step in self._arcs[node]:
                        if cost + step < distances[neighbour]:
                            heapq.heappush(heap, (cost + step, neighbour))
            self._trees[goal] = distances
        return self._trees[goal]

    def _cost(self, link: Link) -> int:
        length = round(link.length_km * _MM_PER_KM)
        return _TIER + length if self.order is Order.HOPS else length * 4096 + 1

    def _step(self, node: int, link: int) -> tuple[int, int]:
        return next((other, cost) for at, other, cost in self._arcs[node] if at == link)

    def _route(self, start: int, path: tuple[int, ...]) -> Route:
        links = [self.network.links[position] for position in path]
        nodes = [self.network.nodes[start].id]
        for link in links:
            nodes.append(link.b if link.a == nodes[-1] else link.a)
        return self.route(nodes, [link.id for link in links])
