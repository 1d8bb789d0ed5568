"""The sets of routes that a demand may take, protected or not, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from apn_emu.allocation.constraints import candidate_routes
from apn_emu.allocation.demands import Attempt, Demand, Reason
from apn_emu.allocation.disjoint import Disjoint, disjoint_pair, partners
from apn_emu.allocation.routes import Route, RouteFinder
from apn_emu.allocation.separators import separators
from apn_emu.errors import InputError, Problem
from apn_emu.network.building import nearest


@dataclass(frozen=True)
class RouteSets:
    """Choices in order, each (working routes, protecting routes); `refusal` says why none exist."""

    choices: tuple[tuple[tuple[Route, ...], tuple[Route, ...]], ...] = ()
    rejected: tuple[Attempt, ...] = ()
    refusal: Attempt | None = None


def candidate_sets(
    finder: RouteFinder,
    demand: Demand,
    k: int,
    latency_us: Callable[[Route], float],
) -> RouteSets:
    """Return the route sets of a demand.

    Unprotected: one choice with `k` working routes. Protected: the cheapest disjoint pair, then
    each of the `k` routes with its cheapest disjoint partners. `latency_us` gives a route's one-way
    latency. Raises `InputError` for unknown names.
    """
    check_names(finder, demand)
    if demand.route is not None:
        routes: tuple[Route, ...] = (explicit_route(finder, demand),)
        rejected: tuple[Attempt, ...] = ()
        if why := demand.constraints.violation(routes[0], latency_us(routes[0])):
            text = f"the route of the demand {why}"
            return RouteSets(refusal=Attempt(Reason.NO_PATH_WITH_CONSTRAINT, text, routes[0]))
    else:
        search = candidate_routes(
            finder, demand.source, demand.destination, k, demand.constraints, latency_us
        )
        routes = search.routes
        rejected = tuple(
            Attempt(Reason.NO_PATH_WITH_CONSTRAINT, f"the route {why}", route)
            for route, why in search.rejected
        )
        if not routes:
            constrained = bool(demand.constraints)
            reason = Reason.NO_PATH_WITH_CONSTRAINT if constrained else Reason.NO_PATH
            text = f"no route from {demand.source} to {demand.destination}"
            if constrained:
                text += f" satisfies the constraints ({search.examined} routes seen)"
            if not search.exhaustive:
                text += "; the search ended at its limit, so one may exist"
            numbers = {"examined": search.examined}
            return RouteSets(rejected=rejected, refusal=Attempt(reason, text, numbers=numbers))
    if not demand.protected:
        return RouteSets(((routes, ()),), rejected)
    return _pairs(finder, demand, k, routes, rejected, latency_us)


def _pairs(
    finder: RouteFinder,
    demand: Demand,
    k: int,
    routes: Sequence[Route],
    rejected: tuple[Attempt, ...],
    latency_us: Callable[[Route], float],
) -> RouteSets:
    """Return the choices of a protected demand; the same partner set is never offered twice."""
    limits = replace(demand.constraints, include=())
    avoid = demand.constraints.avoid
    choices: list[tuple[tuple[Route, ...], tuple[Route, ...]]] = []
    if demand.route is None:
        pair = disjoint_pair(finder, demand.source, demand.destination, demand.disjoint, avoid)
        if pair is None:
            return RouteSets(rejected=rejected, refusal=_no_pair(finder, demand))
        asked = zip(pair, (demand.constraints, limits), strict=True)
        if not any(limit.violation(route, latency_us(route)) for route, limit in asked):
            choices.append(((pair[0],), (pair[1],)))
    for route in routes:
        standby = tuple(
            other
            for other in islice(partners(finder, route, demand.disjoint, avoid), k)
            if not limits.violation(other, latency_us(other))
        )
        if standby and ((route,), standby) not in choices:
            choices.append(((route,), standby))
    if not choices:
        text = f"no {demand.disjoint}-disjoint pair of routes satisfies the constraints"
        refusal = Attempt(Reason.NO_PATH_WITH_CONSTRAINT, text)
        return RouteSets(rejected=rejected, refusal=refusal)
    return RouteSets(tuple(choices), rejected)


def _no_pair(finder: RouteFinder, demand: Demand) -> Attempt:
    avoid = demand.constraints.avoid
    others = [
        kind
        for kind in Disjoint
        if kind is not demand.disjoint
        and disjoint_pair(finder, demand.source, demand.destination, kind, avoid)
    ]
    there = f"; there is a {' and a '.join(f'{k}-disjoint' for k in others)} one" if others else ""
    needed = separators(finder, demand.source, demand.destination, demand.disjoint)
    why = f": every route needs {', '.join(needed)}" if needed else ""
    text = (
        f"no {demand.disjoint}-disjoint pair of routes joins {demand.source} and"
        f" {demand.destination}{why}{there}"
    )
    reason = Reason.NO_PATH_WITH_CONSTRAINT if avoid else Reason.NO_PATH
    return Attempt(reason, text)


def check_names(finder: RouteFinder, demand: Demand) -> None:
    """Raise `InputError` for nodes and links of the demand that the network lacks."""
    nodes, links = finder.network.node_by_id, finder.network.link_by_id
    problems = []
    for key, name in (("source", demand.source), ("destination", demand.destination)):
        if name not in nodes:
            remedy = nearest(name, nodes)
            problems.append(Problem(None, None, key, f"there is no node {name!r}", remedy))
    if demand.source == demand.destination:
        problems.append(Problem(None, None, "destination", f"{demand.source!r} is the source too"))
    for key in ("avoid", "include"):
        for name in getattr(demand.constraints, key):
            if name not in nodes and name not in links:
                message = f"there is no node or link {name!r}"
                remedy = nearest(name, [*nodes, *links])
                problems.append(Problem(None, None, key, message, remedy))
    if problems:
        raise InputError(problems)


def explicit_route(finder: RouteFinder, demand: Demand) -> Route:
    """Return the route that the demand prescribes: its nodes, or its links from the source on.

    Between two nodes the shortest of parallel links is taken. Raises `InputError`.
    """
    network = finder.network
    nodes, links = [demand.source], []
    names = list(demand.route or ())
    if names and names[0] == demand.source:
        names = names[1:]
    for name in names:
        near = [link for link in network.links if nodes[-1] in (link.a, link.b)]
        steps = [link for link in near if name in (link.id, link.a, link.b)]
        if not steps:
            message = f"{name!r} is neither a link of {nodes[-1]} nor a node beside it"
            remedy = nearest(name, [link.id for link in near])
            raise InputError(Problem(None, None, "route", message, remedy))
        step = min(steps, key=lambda link: (link.id != name, link.length_km))
        links.append(step.id)
        nodes.append(step.b if step.a == nodes[-1] else step.a)
    if nodes[-1] != demand.destination or len(set(nodes)) < len(nodes):
        message = f"the route {' - '.join(nodes)} does not lead to {demand.destination} loopless"
        raise InputError(Problem(None, None, "route", message))
    return finder.route(nodes, links)
