"""Pairs of disjoint routes for protection.

Link- and node-disjoint pairs have the least total cost (Bhandari, "Survivable Networks", 1999: a
shortest path, then a second one that may run back over it, then their common links cancel). Routes
that share no SRLG are NP-hard to find (Hu, Networks 41, 2003); here the first route runs through
all routes in order until no pair can become cheaper, which is exact up to `SEARCH_LIMIT`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from enum import StrEnum

from apn_emu.allocation.constraints import SEARCH_LIMIT
from apn_emu.allocation.routes import Route, RouteFinder


class Disjoint(StrEnum):
    """What two routes must not share. End nodes are always shared; `SRLG` implies links."""

    LINK = "link"
    NODE = "node"
    SRLG = "srlg"


def disjoint_pair(
    finder: RouteFinder,
    source: str,
    destination: str,
    kind: Disjoint = Disjoint.NODE,
    avoid: Collection[str] = (),
) -> tuple[Route, Route] | None:
    """Return the pair of least total cost, the cheaper route first, or None when there is none."""
    if kind is Disjoint.SRLG:
        return _srlg_pair(finder, source, destination, avoid)
    used: set[tuple[str, str, str]] = set()  # arcs of the pair: link, from, to
    for _ in range(2):
        walk = _cheapest_walk(finder, source, destination, kind, avoid, used)
        if walk is None:
            return None
        for link, tail, head in walk:
            if (link, head, tail) in used:
                used.remove((link, head, tail))
            else:
                used.add((link, tail, head))
    leaving: dict[str, list[tuple[str, str]]] = {}
    for link, tail, head in sorted(used):
        leaving.setdefault(tail, []).append((link, head))
    pair = [_follow(finder, source, destination, leaving) for _ in range(2)]
    first, second = sorted(pair, key=finder.cost)
    return first, second


def partners(
    finder: RouteFinder, route: Route, kind: Disjoint, avoid: Collection[str] = ()
) -> Iterator[Route]:
    """Yield the routes that are disjoint from `route`, in the finder's order."""
    shared = {*avoid, *exclusions(finder, route, kind)}
    return finder.routes(route.nodes[0], route.nodes[-1], shared)


def exclusions(finder: RouteFinder, route: Route, kind: Disjoint) -> set[str]:
    """Return the links and nodes that a route disjoint from `route` must not use."""
    shared = set(route.links)
    if kind is Disjoint.NODE:
        shared.update(route.nodes[1:-1])
    if kind is Disjoint.SRLG:
        links = finder.network.link_by_id
        groups = {group for link in route.links for group in links[link].srlgs}
        shared.update(link.id for link in links.values() if groups.intersection(link.srlgs))
    return shared


def _srlg_pair(
    finder: RouteFinder, source: str, destination: str, avoid: Collection[str]
) -> tuple[Route, Route] | None:
    best: tuple[Route, Route] | None = None
    least = math.inf
    for seen, route in enumerate(finder.routes(source, destination, avoid)):
        cost = finder.cost(route)
        if 2 * cost >= least or seen == SEARCH_LIMIT:
            break
        partner = next(partners(finder, route, Disjoint.SRLG, avoid), None)
        if partner is not None and cost + finder.cost(partner) < least:
            best, least = (route, partner), cost + finder.cost(partner)
    return best


def _cheapest_walk(
    finder: RouteFinder,
    source: str,
    destination: str,
    kind: Disjoint,
    avoid: Collection[str],
    used: set[tuple[str, str, str]],
) -> list[tuple[str, str, str]] | None:
    """Return the arcs of the cheapest walk in the residual graph, by Bellman and Ford.

    A state is (node, entered): with node-disjointness a node of the first path, entered by a new
    arc, can only be left over an arc of that path, backwards. Arcs of `used` cannot be used again;
    backwards they refund their cost. Equal costs fall to the arc that stands first in the file.
    """
    arcs = []
    on_path = {tail for _, tail, _ in used} - {source}
    for link in finder.network.links:
        if not {link.id, link.a, link.b}.isdisjoint(avoid):
            continue
        for tail, head in ((link.a, link.b), (link.b, link.a)):
            if (link.id, head, tail) in used:
                arcs.append((link.id, tail, head, -finder.link_cost(link.id), True))
            elif (link.id, tail, head) not in used:
                arcs.append((link.id, tail, head, finder.link_cost(link.id), False))
    split = kind is Disjoint.NODE
    reach: dict[tuple[str, bool], float] = {(source, False): 0}
    came: dict[tuple[str, bool], tuple[tuple[str, bool], tuple[str, str, str]]] = {}
    changed = True
    while changed:
        changed = False
        for link_id, tail, head, cost, back in arcs:
            for entered_back in (False, True):
                if split and tail in on_path and not back and not entered_back:
                    continue
                state, after = (tail, entered_back), (head, back)
                if reach.get(state, math.inf) + cost < reach.get(after, math.inf):
                    reach[after] = reach[state] + cost
                    came[after] = (state, (link_id, tail, head))
                    changed = True
    state = min(((destination, True), (destination, False)), key=lambda s: reach.get(s, math.inf))
    if state not in reach:
        return None
    walk = []
    while state != (source, False):
        state, arc = came[state]
        walk.append(arc)
    return walk[::-1]


def _follow(
    finder: RouteFinder,
    source: str,
    destination: str,
    leaving: dict[str, list[tuple[str, str]]],
) -> Route:
    """Return the route along the arcs from the source, taking them out of `leaving`."""
    nodes, links = [source], []
    while nodes[-1] != destination:
        link, head = leaving[nodes[-1]].pop(0)
        links.append(link)
        nodes.append(head)
    return finder.route(nodes, links)
