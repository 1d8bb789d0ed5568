"""Operators' domains: what each sees of a network, and which borders join them. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from apn_emu.planning.domains import Border, Domain, EndToEnd
from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.plan import AGENTS_PORT, CONTROLLER_PORT, REST_PORT, Plan

Distance = Callable[[str, str], float]
"""Length in km of a domain's way between two of its sites or gateways."""


@dataclass(frozen=True)
class Segment:
    """A stretch of an end-to-end lightpath within one domain, between two of its sites."""

    domain: str
    source: str
    destination: str


@dataclass(frozen=True)
class Operator:
    """A controller of its own and what it knows; the one of a plan without domains knows all."""

    name: str
    number: int
    view: Plan

    @property
    def openflow_port(self) -> int:
        """TCP port for its switches, on loopback."""
        return CONTROLLER_PORT + 2 * self.number

    @property
    def agents_port(self) -> int:
        """TCP port for its transponders' agents, on loopback."""
        return AGENTS_PORT + 2 * self.number

    @property
    def rest_port(self) -> int:
        """TCP port of its REST interface."""
        return REST_PORT + self.number


def operators(plan: Plan) -> list[Operator]:
    """Return the operators of a plan, in the order of the scenario."""
    if not plan.domains:
        return [Operator("", 0, plan)]
    return [Operator(d.name, d.number, domain_view(plan, d)) for d in plan.domains]


def domain_view(plan: Plan, domain: Domain) -> Plan:
    """Return the plan as the operator of a domain sees it: of the others only sites' addresses."""
    own = frozenset(domain.nodes)
    sites = tuple(site for site in plan.sites if site.id in own)
    gateways = tuple(gateway for gateway in plan.gateways if gateway.id in own)
    lightpaths = tuple(p for p in plan.lightpaths if all(own.issuperset(q.route) for q in p.paths))
    names = [site.id for site in sites]
    return replace(
        plan,
        roadms=tuple(roadm for roadm in plan.roadms if roadm.id in own),
        fibres=tuple(fibre for fibre in plan.fibres if {fibre.a, fibre.b} <= own),
        sites=sites,
        gateways=gateways,
        lightpaths=lightpaths,
        next_hops=next_hops(names, lightpaths),
        broadcast_tree=broadcast_tree(names, lightpaths),
        domains=(),
        borders=(),
        end_to_end=(),
        remote_sites={site.id: site.index for site in plan.sites if site.id not in own},
    )


def parent_configuration(plan: Plan, urls: Mapping[str, str], listen: str) -> dict[str, Any]:
    """Return what `controllers.parent` is told: where it serves, the domains' controllers by name,
    the borders, and what the plan lights across them."""
    return {
        "listen": listen,
        "domains": dict(urls),
        "borders": [asdict(border) for border in plan.borders],
        "distances_km": [domain.distances_km for domain in plan.domains],
        "lightpaths": [_adopted(plan, service) for service in plan.services],
    }


def _adopted(plan: Plan, service: EndToEnd) -> dict[str, Any]:
    """Return a lightpath that the parent is to take over: the request, and the way that it has."""
    segments = [plan.lightpath_by_id[segment] for segment in service.segments]
    return {
        "id": service.id,
        "source": service.source,
        "destination": service.destination,
        "rate_bps": segments[0].rate_bps,
        "protection": segments[0].protection,
        "disjoint": segments[0].disjoint,
        "priority": segments[0].priority,
        "borders": list(service.borders),
        "ports": [segment.b.line_port for segment in segments[:-1]],
    }


def chain(
    domain_of: Mapping[str, str],
    borders: Sequence[Border],
    source: str,
    destination: str,
    distance_km: Distance = lambda here, there: 0.0,
) -> tuple[list[Segment], list[Border]] | None:
    """Return the segments and borders of a way with the fewest borders, None if there is none.

    Of those it is the shortest, of equal ones the one whose borders come first in `borders`.
    Borders join gateways, source and destination are sites; `domain_of` knows both.
    """
    waiting: list[tuple[int, float, list[int], str]] = [(0, 0.0, [], source)]
    reached: set[str] = set()
    while waiting:
        _, km, passed, here = heapq.heappop(waiting)
        if here == destination:
            way = [borders[number] for number in passed]
            return segments_over(domain_of, way, source, destination), way
        if here in reached:
            continue
        reached.add(here)
        if domain_of[here] == domain_of[destination]:
            rest = km + distance_km(here, destination)
            heapq.heappush(waiting, (len(passed), rest, passed, destination))
            continue
        for number, border in enumerate(borders):
            for near in (border.a, border.b):
                if domain_of[near] == domain_of[here] and near != here:
                    crossed = [*passed, number]
                    there = km + distance_km(here, near)
                    heapq.heappush(waiting, (len(crossed), there, crossed, border.far(near)))
    return None


def segments_over(
    domain_of: Mapping[str, str], borders: Sequence[Border], source: str, destination: str
) -> list[Segment]:
    """Return the segments of a way over these borders."""
    segments = []
    here = source
    for border in borders:
        near = border.a if domain_of[border.a] == domain_of[here] else border.b
        segments.append(Segment(domain_of[here], here, near))
        here = border.far(near)
    return [*segments, Segment(domain_of[here], here, destination)]
