"""What a demand asks of its route, and the candidate routes that satisfy it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from apn_emu.allocation.routes import Order, Route, RouteFinder
from apn_emu.optics.latency import ROADM_DELAY_NS, fibre_delay_ns

SEARCH_LIMIT = 20_000
"""Routes looked at before a constrained search gives up; the refusal then says so."""


@dataclass(frozen=True)
class Constraints:
    """Nodes and links (ids) to avoid or to pass, and limits; `max_latency_us` is one-way."""

    avoid: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    max_latency_us: float | None = None
    max_hops: int | None = None

    def __bool__(self) -> bool:
        return self != Constraints()

    def violation(self, route: Route, latency_us: float) -> str | None:
        """Return what `route` with `latency_us` breaks, None when it satisfies everything."""
        passed = {*route.nodes, *route.links}
        if crossed := [name for name in self.avoid if name in passed]:
            return f"passes {', '.join(crossed)}"
        if missed := [name for name in self.include if name not in passed]:
            return f"does not pass {', '.join(missed)}"
        if self.max_hops is not None and route.hops > self.max_hops:
            return f"has {route.hops} hops, at most {self.max_hops} are allowed"
        if self.max_latency_us is not None and latency_us > self.max_latency_us:
            return f"takes {latency_us:.1f} us, at most {self.max_latency_us:.1f} us are allowed"
        return None


@dataclass(frozen=True)
class Search:
    """Result of a search: candidates in order, how many routes were seen, why they fell out."""

    routes: tuple[Route, ...]
    examined: int
    rejected: tuple[tuple[Route, str], ...] = ()
    exhaustive: bool = True


def fibre_latency_us(finder: RouteFinder, route: Route) -> float:
    """Return the one-way latency of fibre and ROADMs: the least that any transceiver can reach."""
    links = finder.network.link_by_id
    fibre_ns = sum(fibre_delay_ns(links[link].length_km) for link in route.links)
    return (fibre_ns + (route.hops + 1) * ROADM_DELAY_NS) / 1e3


def candidate_routes(
    finder: RouteFinder,
    source: str,
    destination: str,
    k: int,
    constraints: Constraints,
    latency_us: Callable[[Route], float],
) -> Search:
    """Return the first `k` routes in the finder's order that satisfy the constraints.

    The first ten misses are kept for the explanation. A search that meets `SEARCH_LIMIT` is not
    exhaustive: a route may exist that was not seen.
    """
    found: list[Route] = []
    rejected: list[tuple[Route, str]] = []
    examined = 0
    for route in finder.routes(source, destination, constraints.avoid):
        examined += 1
        violation = constraints.violation(route, latency_us(route))
        if violation is None:
            found.append(route)
        elif len(rejected) < 10:
            rejected.append((route, violation))
        if len(found) == k or _hopeless(finder, route, constraints):
            break
        if examined == SEARCH_LIMIT:
            return Search(tuple(found), examined, tuple(rejected), exhaustive=False)
    return Search(tuple(found), examined, tuple(rejected))


def _hopeless(finder: RouteFinder, route: Route, constraints: Constraints) -> bool:
    """Return whether every later route of the order breaks the same limit."""
    if finder.order is Order.HOPS:
        return constraints.max_hops is not None and route.hops > constraints.max_hops
    fibre_us = fibre_delay_ns(route.length_km) / 1e3
    return constraints.max_latency_us is not None and fibre_us > constraints.max_latency_us
