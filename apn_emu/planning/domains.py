"""Operators' domains in a plan, and lightpaths that lead through several. No dependency."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Domain:
    """An operator's part of the network, with a controller of its own.

    `number` counts from 1 and gives the controller's ports. `distances_km`, by gateway and node,
    are the shortest fibre routes from the domain's gateways to its other places: what an operator
    tells a parent of its inside (the path costs of RFC 6805).
    """

    name: str
    number: int
    nodes: tuple[str, ...]
    distances_km: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Border:
    """Two gateways, one of each domain, cabled back to back transponder by transponder.

    `ports`: how many lightpaths it hands over; transponder n of one meets transponder n of the
    other.
    """

    id: str
    a: str
    b: str
    ports: int = 1

    def far(self, gateway: str) -> str:
        """Return the other end."""
        return self.b if gateway == self.a else self.a


@dataclass(frozen=True)
class EndToEnd:
    """A lightpath from site to site: its segments, one lightpath in each domain that it crosses,
    and the borders between them, in order from `source`."""

    id: str
    source: str
    destination: str
    segments: tuple[str, ...]
    borders: tuple[str, ...]

    def remote(self, segment: str) -> str:
        """Return the other domain's site that a segment's own site reaches by it; a segment between
        gateways has none."""
        if segment == self.segments[0]:
            return self.destination
        return self.source if segment == self.segments[-1] else ""

    def onward(self, segment: str) -> tuple[str, ...]:
        """Return all segments in the direction of packets that enter at this one."""
        return self.segments if segment == self.segments[0] else self.segments[::-1]
