"""A network as an SVG map: fibres with their length, nodes with their name."""

from __future__ import annotations

from apn_emu.network.drawing import fitted, positions
from apn_emu.network.model import Network
from apn_emu.results.svg import COLOURS, GREY, Svg

_WIDTH, _HEIGHT, _MARGIN, _HEAD = 900, 640, 70, 40


def network_map(network: Network, lengths: bool = True) -> str:
    """Return the map as an SVG document; parallel links are drawn beside each other."""
    svg = Svg(_WIDTH, _HEIGHT, network.title or network.name)
    box = fitted(positions(network), _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN - _HEAD)
    at = {name: (x + _MARGIN, y + _MARGIN + _HEAD) for name, (x, y) in box.items()}
    km = sum(link.length_km for link in network.links)
    svg.text(16, 24, network.title or network.name, size=15)
    counts = f"{len(network.nodes)} nodes, {len(network.links)} links, {km:,.0f} km"
    svg.text(16, 42, counts, size=11, colour=GREY)
    drawn: dict[frozenset[str], int] = {}
    for link in network.links:
        shift = 6.0 * drawn.get(frozenset((link.a, link.b)), 0)
        drawn[frozenset((link.a, link.b))] = drawn.get(frozenset((link.a, link.b)), 0) + 1
        (x1, y1), (x2, y2) = at[link.a], at[link.b]
        svg.line(x1, y1 + shift, x2, y2 + shift, COLOURS[5], 2.0)
        if lengths:
            middle = ((x1 + x2) / 2, (y1 + y2) / 2 + shift - 2)
            svg.text(*middle, f"{link.length_km:g}", "middle", 8, GREY)
    for node in network.nodes:
        x, y = at[node.id]
        svg.circle(x, y, 5, COLOURS[0], node.id)
        svg.text(x + 7, y - 5, node.name, size=11)
    return svg.to_text()
