"""Operators' domains: what each sees of a network, and which links join them. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.plan import Plan


@dataclass(frozen=True)
class Border:
    """A link between client ports of sites of two domains: what is handed over there is what a
    client sends, so neither operator sees the other's spectrum. `ports`: lightpaths that it takes.
    """

    id: str
    a: str
    b: str
    ports: int = 1

    def far(self, site: str) -> str:
        """Return the other end."""
        return self.b if site == self.a else self.a


@dataclass(frozen=True)
class Segment:
    """A stretch of an end-to-end lightpath within one domain, between two of its sites."""

    domain: str
    source: str
    destination: str


def domain_view(plan: Plan, nodes: Iterable[str]) -> Plan:
    """Return the plan as the operator of these nodes sees it: nothing of the others."""
    own = frozenset(nodes)
    sites = tuple(site for site in plan.sites if site.id in own)
    lightpaths = tuple(p for p in plan.lightpaths if all(own.issuperset(q.route) for q in p.paths))
    names = [site.id for site in sites]
    return replace(
        plan,
        roadms=tuple(roadm for roadm in plan.roadms if roadm.id in own),
        fibres=tuple(fibre for fibre in plan.fibres if {fibre.a, fibre.b} <= own),
        sites=sites,
        lightpaths=lightpaths,
        next_hops=next_hops(names, lightpaths),
        broadcast_tree=broadcast_tree(names, lightpaths),
    )


def chain(
    domain_of: Mapping[str, str], borders: Sequence[Border], source: str, destination: str
) -> tuple[list[Segment], list[Border]] | None:
    """Return the segments and borders of a way with the fewest borders, None if there is none.

    Of equal ways it is the one whose borders come first in `borders`.
    """
    reached: dict[str, list[Border]] = {source: []}
    waiting = deque([source])
    while waiting:
        here = waiting.popleft()
        if domain_of[here] == domain_of[destination]:
            return list(_segments(domain_of, reached[here], source, destination)), reached[here]
        for border in borders:
            for near in (border.a, border.b):
                far = border.far(near)
                if domain_of[near] == domain_of[here] and far not in reached:
                    reached[far] = [*reached[here], border]
                    waiting.append(far)
    return None


def _segments(
    domain_of: Mapping[str, str], borders: Sequence[Border], source: str, destination: str
) -> Iterator[Segment]:
    here = source
    for border in borders:
        near = border.a if domain_of[border.a] == domain_of[here] else border.b
        if near != here:
            yield Segment(domain_of[here], here, near)
        here = border.far(near)
    if here != destination:
        yield Segment(domain_of[here], here, destination)
