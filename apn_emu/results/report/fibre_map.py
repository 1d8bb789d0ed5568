"""The map of a report: fibres by occupancy, lightpaths over them, what failed. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from apn_emu.network.drawing import fitted
from apn_emu.optics.grid import C_BAND_UNITS

_WIDTH, _HEIGHT, _MARGIN = 1000, 720, 60
_LETTER, _LINE = 7.4, 13.0
"""Size of a letter on the map, to keep names apart."""

_BEND, _APART = 0.1, 7.0
"""How far the line of a lightpath bends from the straight one, as a share of its length, and how
far, in pixels, lightpaths between the same sites are apart."""

CLASSES = (0.0, 0.05, 0.25, 0.5)
"""Shares of the C band above which a fibre gets the next colour."""

Line = tuple[float, float, float, float]


def network_map(plan: Mapping[str, Any]) -> str:
    """Return the map as inline SVG; `plan` is what plan.json holds."""
    places = {roadm["id"]: (roadm["x"], roadm["y"]) for roadm in plan["roadms"]}
    box = fitted(places, _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN)
    at = {name: (x + _MARGIN, y + _MARGIN) for name, (x, y) in box.items()}
    lines = _fibre_lines(plan, at)
    return "\n".join(
        [
            f'<svg class="picture" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img">',
            f"<title>{escape(plan['network'])}</title>",
            *_fibres(plan, lines),
            *_ways(plan, lines),
            *_lightpaths(plan, at),
            *_nodes(plan, at),
            "</svg>",
        ]
    )


def paths_of(lightpath: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the working path and, if there is one, the protecting path."""
    return [path for path in (lightpath, lightpath["protecting"]) if path is not None]


def channels_on(plan: Mapping[str, Any], fibre: str) -> list[tuple[str, int]]:
    """Return the id of each lightpath over a fibre and the width of its channel in grid units."""
    return [
        (lightpath["id"], path["channel_width"])
        for lightpath in plan["lightpaths"]
        for path in paths_of(lightpath)
        if fibre in path["fibres"]
    ]


def share_of_band(channels: list[tuple[str, int]]) -> float:
    """Return which part of the C band channels take."""
    return sum(width for _, width in channels) / C_BAND_UNITS


def _failed(plan: Mapping[str, Any]) -> tuple[set[str], set[str]]:
    """Return the fibres and the nodes that an event put out, even if it was repaired later."""
    events = [event for event in plan["events"] if event["kind"] != "repair"]
    fibres = {fibre for event in events for fibre, *_ in event["fibres"]}
    return fibres, {node for event in events for node in event["nodes"]}


def _fibre_lines(plan: Mapping[str, Any], at: Mapping[str, tuple[float, float]]) -> dict[str, Line]:
    """Return where each fibre pair is drawn; parallel ones beside each other."""
    lines: dict[str, Line] = {}
    drawn: dict[frozenset[str], int] = {}
    for fibre in plan["fibres"]:
        ends = frozenset((fibre["a"], fibre["b"]))
        shift = 7.0 * drawn.setdefault(ends, 0)
        drawn[ends] += 1
        (x1, y1), (x2, y2) = at[fibre["a"]], at[fibre["b"]]
        lines[fibre["id"]] = (x1, y1 + shift, x2, y2 + shift)
    return lines


def _fibres(plan: Mapping[str, Any], lines: Mapping[str, Line]) -> Iterator[str]:
    dark, _ = _failed(plan)
    for fibre in plan["fibres"]:
        channels = channels_on(plan, fibre["id"])
        share = share_of_band(channels)
        style = f"fibre use{sum(share > limit for limit in CLASSES)}"
        place = 'x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"'.format(*lines[fibre["id"]])
        yield f'<line class="{style}{" failed" * (fibre["id"] in dark)}" {place}/>'
        tip = f"{fibre['id']}: {fibre['length_km']:g} km, {100 * share:.1f} %"
        ids = " ".join(dict.fromkeys(name for name, _ in channels))
        attribute = f' data-lightpath="{escape(ids)}"' if ids else ""
        yield f'<line class="hit" {place}{attribute}><title>{escape(tip)}</title></line>'


def _lightpaths(plan: Mapping[str, Any], at: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """Yield a bent line from end to end for each lightpath; several are beside each other."""
    drawn: Counter[tuple[str, str]] = Counter()
    for lightpath in plan["lightpaths"]:
        ends = (lightpath["a"]["site"], lightpath["b"]["site"])
        (x1, y1), (x2, y2) = (at[site] for site in ends)
        length = math.hypot(x2 - x1, y2 - y1) or 1.0
        bend = 2 * (_BEND * length + _APART * drawn[ends]) / length
        drawn[ends] += 1
        middle_x, middle_y = (x1 + x2) / 2 + bend * (y2 - y1), (y1 + y2) / 2 - bend * (x2 - x1)
        curve = f"M{x1:.1f} {y1:.1f}Q{middle_x:.1f} {middle_y:.1f} {x2:.1f} {y2:.1f}"
        name = escape(lightpath["id"])
        place = f'data-lightpath="{name}" d="{curve}"'
        yield f'<path class="arc" {place}/>'
        yield f'<path class="hit arc-hit" {place}><title>{name}</title></path>'


def _ways(plan: Mapping[str, Any], lines: Mapping[str, Line]) -> Iterator[str]:
    """Yield the whole way of each path along its fibres, which shows when it is chosen."""
    for lightpath in plan["lightpaths"]:
        for path in paths_of(lightpath):
            style = "way" if path is lightpath else "way protecting"
            moves = " ".join(
                "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*lines[fibre]) for fibre in path["fibres"]
            )
            yield f'<path class="{style}" data-lightpath="{escape(lightpath["id"])}" d="{moves}"/>'


def _nodes(plan: Mapping[str, Any], at: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    """Yield a circle for each ROADM, with its name on a side where there is room."""
    sites = {site["id"] for site in plan["sites"]}
    _, dark = _failed(plan)
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in at.values()]
    for roadm in sorted(plan["roadms"], key=lambda roadm: roadm["id"] not in sites):
        x, y = at[roadm["id"]]
        name = roadm["name"] or roadm["id"]
        style = f"node{' site' * (roadm['id'] in sites)}{' failed' * (roadm['id'] in dark)}"
        yield (
            f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="5">'
            f"<title>{escape(name)}</title></circle>"
        )
        width = _LETTER * len(name)
        for left, base in ((x + 8, y + 4), (x - 8 - width, y + 4), (x + 4, y - 8), (x + 4, y + 17)):
            anchor = "end" if left < x else "start"
            box = (left, base - _LINE + 3, left + width, base + 3)
            if not any(_overlap(box, other) for other in taken):
                taken.append(box)
                at_x = left + width if anchor == "end" else left
                place = f'x="{at_x:.1f}" y="{base:.1f}" text-anchor="{anchor}" font-size="12"'
                yield f"<text {place}>{escape(name)}</text>"
                break  # else the name shows under the pointer only


def _overlap(one: Line, other: Line) -> bool:
    """Return whether two boxes (left, top, right, bottom) overlap."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
