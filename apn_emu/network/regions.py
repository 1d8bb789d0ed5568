"""Regions that fail as a whole: circles on the ground, and what of a network lies in them. Pure.

Where a fibre runs between two nodes is not in the data: it is taken as the straight line between
them, and a place on that line as the same share of the fibre's length.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from apn_emu.network.model import Link, Network, Node

EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True)
class Circle:
    """A circle around a point (degrees, WGS 84)."""

    lat: float
    lon: float
    radius_km: float


@dataclass(frozen=True)
class Area:
    """A named region. `assumption` says what was made of `source` to get circles."""

    name: str
    title: str
    source: str
    assumption: str
    circles: tuple[Circle, ...]


@cache
def named_areas() -> dict[str, Area]:
    """Return the areas that ship with the package (areas.json), by name."""
    text = resources.files(__package__).joinpath("areas.json").read_text("utf-8")
    areas = [
        Area(
            **{key: record[key] for key in ("name", "title", "source", "assumption")},
            circles=tuple(Circle(c["lat"], c["lon"], c["radius_km"]) for c in record["circles"]),
        )
        for record in json.loads(text)["areas"]
    ]
    return {area.name: area for area in areas}


def nodes_inside(network: Network, circles: Iterable[Circle]) -> list[str]:
    """Return the nodes in any of the circles; a node without coordinates is in none."""
    return [
        node.id
        for node in network.nodes
        if any(_reach(circle, node, node) is not None for circle in circles)
    ]


def links_inside(network: Network, circles: Sequence[Circle]) -> list[tuple[Link, float]]:
    """Return the links that pass any of the circles, and where: km of fibre from the first node.

    The place is where the link comes nearest to the centre of the first circle that it passes.
    """
    found = []
    for link in network.links:
        ends = network.node_by_id[link.a], network.node_by_id[link.b]
        shares = (_reach(circle, *ends) for circle in circles)
        share = next((share for share in shares if share is not None), None)
        if share is not None:
            found.append((link, share * link.length_km))
    return found


def _reach(circle: Circle, a: Node, b: Node) -> float | None:
    """Return which share of the way from `a` to `b` is nearest to the centre, if it is inside.

    On a plane that touches the earth at the centre: within 300 km of it, where circles and their
    neighbours lie, distances are right to 0.1 %.
    """
    at_a, at_b = _on_plane(circle, a), _on_plane(circle, b)
    if at_a is None or at_b is None:
        return None
    (ax, ay), (bx, by) = at_a, at_b
    dx, dy = bx - ax, by - ay
    length2 = dx * dx + dy * dy
    share = 0.0 if length2 == 0 else min(1.0, max(0.0, -(ax * dx + ay * dy) / length2))
    distance_km = math.hypot(ax + share * dx, ay + share * dy)
    return share if distance_km <= circle.radius_km else None


def _on_plane(circle: Circle, node: Node) -> tuple[float, float] | None:
    if node.lat is None or node.lon is None:
        return None
    per_degree_km = math.radians(1) * EARTH_RADIUS_KM
    east_km = (node.lon - circle.lon) * per_degree_km * math.cos(math.radians(circle.lat))
    return east_km, (node.lat - circle.lat) * per_degree_km
