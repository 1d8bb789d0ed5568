"""What every route between two nodes must use: why no disjoint pair exists."""

from __future__ import annotations

from apn_emu.allocation.disjoint import Disjoint
from apn_emu.allocation.routes import RouteFinder


def separators(
    finder: RouteFinder, source: str, destination: str, kind: Disjoint
) -> tuple[str, ...]:
    """Return the bridges, cut nodes and risk groups that every route between the two uses.

    Links come first, then nodes (for node-disjointness) or groups (for SRLGs), each in the order of
    the shortest route: a separator lies on every route, so on that one too. Empty when there is no
    route at all. For links and nodes it is empty only where a disjoint pair exists (Menger).
    """
    route = next(finder.routes(source, destination), None)
    if route is None:
        return ()
    links = finder.network.links
    found = [link for link in route.links if _separates(finder, source, destination, {link})]
    if kind is Disjoint.NODE:
        inner = route.nodes[1:-1]
        found += [node for node in inner if _separates(finder, source, destination, {node})]
    if kind is Disjoint.SRLG:
        by_id = finder.network.link_by_id
        for group in dict.fromkeys(g for link in route.links for g in by_id[link].srlgs):
            members = {link.id for link in links if group in link.srlgs}
            if _separates(finder, source, destination, members):
                found.append(group)
    return tuple(found)


def _separates(finder: RouteFinder, source: str, destination: str, names: set[str]) -> bool:
    return next(finder.routes(source, destination, names), None) is None
