"""A network as a picture: where its nodes stand, and a map in characters. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from apn_emu.network.model import Network

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Bits of the braille patterns (Unicode block 2800) by row and column: 2 x 4 dots a character."""


def has_places(network: Network) -> bool:
    """Return whether every node has coordinates."""
    return all(node.lat is not None and node.lon is not None for node in network.nodes)


def positions(network: Network) -> dict[str, tuple[float, float]]:
    """Return where to draw each node: x to the right, y downwards, in the same unit.

    Longitude is shortened by the cosine of the middle latitude (equirectangular projection, in
    degrees of latitude). A network without coordinates stands on a circle, in file order.
    """
    if not has_places(network):
        turn = 2 * math.pi / len(network.nodes)
        return {
            node.id: (math.sin(turn * n), -math.cos(turn * n))
            for n, node in enumerate(network.nodes)
        }
    places = {node.id: (node.lat or 0.0, node.lon or 0.0) for node in network.nodes}
    latitudes = [lat for lat, _ in places.values()]
    shrink = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
    return {name: (lon * shrink, -lat) for name, (lat, lon) in places.items()}


def fitted(
    points: Mapping[str, tuple[float, float]], width: float, height: float
) -> dict[str, tuple[float, float]]:
    """Return the points scaled alike in x and y to fill a box from (0, 0), centred."""
    xs, ys = [x for x, _ in points.values()], [y for _, y in points.values()]
    spans = (max(xs) - min(xs), max(ys) - min(ys))
    scale = min(
        (box / span for box, span in zip((width, height), spans, strict=True) if span), default=1.0
    )
    left, top = (width - scale * spans[0]) / 2, (height - scale * spans[1]) / 2
    return {
        name: (left + (x - min(xs)) * scale, top + (y - min(ys)) * scale)
        for name, (x, y) in points.items()
    }


def text_map(network: Network, columns: int = 78, rows: int = 26) -> str:
    """Return the network as `rows` lines of at most `columns` characters.

    Links are braille dots, nodes a circle with their name where there is room for it.
    """
    margin = 8
    dots = fitted(positions(network), 2 * (columns - 2 * margin) - 1, 4 * rows - 1)
    dots = {name: (x + 2 * margin, y) for name, (x, y) in dots.items()}
    cells = [[0] * columns for _ in range(rows)]
    for link in network.links:
        _stroke(cells, dots[link.a], dots[link.b])
    lines = [[chr(_BRAILLE + bits) if bits else " " for bits in row] for row in cells]
    taken: set[tuple[int, int]] = set()
    spots = {name: (round(y) // 4, round(x) // 2) for name, (x, y) in dots.items()}
    for row, column in spots.values():
        lines[row][column] = "o"
        taken.add((row, column))
    for node in network.nodes:
        _label(lines, taken, spots[node.id], node.name)
    return "\n".join("".join(line).rstrip() for line in lines)


def _stroke(cells: list[list[int]], begin: tuple[float, float], end: tuple[float, float]) -> None:
    steps = max(1, math.ceil(max(abs(end[0] - begin[0]), abs(end[1] - begin[1]))))
    for step in range(steps + 1):
        x = round(begin[0] + (end[0] - begin[0]) * step / steps)
        y = round(begin[1] + (end[1] - begin[1]) * step / steps)
        cells[y // 4][x // 2] |= _DOTS[y % 4][x % 2]


def _label(
    lines: list[list[str]], taken: set[tuple[int, int]], spot: tuple[int, int], name: str
) -> None:
    """Write a name beside its node, on the first side without another label; else leave it out."""
    row, column = spot
    middle = column - len(name) // 2
    for line, first in (
        (row, column + 2),
        (row, column - 1 - len(name)),
        (row - 1, middle),
        (row + 1, middle),
    ):
        cells = {(line, first + offset) for offset in range(-1, len(name) + 1)}
        inside = 0 <= line < len(lines) and first >= 0 and first + len(name) <= len(lines[0])
        if inside and not (cells - {spot}) & taken:
            lines[line][first : first + len(name)] = name
            taken |= cells
            return
