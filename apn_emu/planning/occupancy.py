"""Which lightpath lights which part of which fibre: as numbers, as text and as a picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.optics.grid import C_BAND_LOWER_THZ, C_BAND_UNITS, UNIT_GHZ
from apn_emu.planning.plan import Path, Plan
from apn_emu.results.svg import COLOURS, GREY, LIGHT, Svg

SYMBOLS = "123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
FREE, CROWDED = ".", "#"


@dataclass(frozen=True)
class Occupancy:
    """Working and protecting paths on a fibre from `source` to `destination`, lowest first."""

    fibre: str
    source: str
    destination: str
    lightpaths: tuple[Path, ...]

    @property
    def used_ghz(self) -> float:
        """Spectrum that is taken."""
        return sum(path.channel_width for path in self.lightpaths) * UNIT_GHZ

    @property
    def share(self) -> float:
        """Part of the C band that is taken, 0 to 1."""
        return self.used_ghz / (C_BAND_UNITS * UNIT_GHZ)


def occupancies(plan: Plan) -> tuple[Occupancy, ...]:
    """Return the occupancy of each fibre: two for a pair, one a direction."""
    found = []
    for fibre in plan.fibres:
        on_it = [path for path in plan.paths if fibre.id in path.fibres]
        on_it.sort(key=lambda path: path.channel_lower)
        for ends in ((fibre.a, fibre.b), (fibre.b, fibre.a)):
            found.append(Occupancy(fibre.id, *ends, tuple(on_it)))
    return tuple(found)


def symbols(plan: Plan) -> dict[str, str]:
    """Return the character that stands for each path by its id; past the 61st all share `#`."""
    known = SYMBOLS + CROWDED * max(0, len(plan.paths) - len(SYMBOLS))
    return {path.id: symbol for path, symbol in zip(plan.paths, known, strict=False)}


def spectrum_text(plan: Plan, columns: int) -> list[str]:
    """Return one line a fibre under a line of frequencies, `columns` wide at most.

    Each character stands for the same width, 12.5 GHz or as much more as it takes, from the lower
    edge of the C band to the highest channel; `#` where several lightpaths share a character.
    """
    fibres = occupancies(plan)
    names = [f"{fibre.source} > {fibre.destination}" for fibre in fibres]
    margin = max(map(len, names)) + 1
    top = max((path.channel_lower + path.channel_width for path in plan.paths), default=8)
    room = max(columns - margin, 16)
    units = 2 * -(-top // (2 * room))
    cells = -(-top // units)
    upper_thz = C_BAND_LOWER_THZ + min(cells * units, C_BAND_UNITS) * UNIT_GHZ / 1e3
    scale = f"{C_BAND_LOWER_THZ:g} to {upper_thz:g} THz, {units * UNIT_GHZ:g} GHz a character"
    symbol_of = symbols(plan)
    return [
        scale,
        *(
            name.ljust(margin) + _row(fibre.lightpaths, symbol_of, units, cells)
            for name, fibre in zip(names, fibres, strict=True)
        ),
    ]


def _row(lightpaths: Sequence[Path], symbol_of: dict[str, str], units: int, cells: int) -> str:
    row = [FREE] * cells
    for path in lightpaths:
        last = path.channel_lower + path.channel_width - 1
        for cell in range(path.channel_lower // units, last // units + 1):
            row[cell] = symbol_of[path.id] if row[cell] == FREE else CROWDED
    return "".join(row)


def spectrum_svg(plan: Plan) -> str:
    """Return fibres x frequency over the whole C band as an SVG document, a colour a lightpath."""
    left, top, row, unit = 190, 60, 18, 1.25
    fibres = occupancies(plan)
    width, height = left + C_BAND_UNITS * unit + 30, top + row * len(fibres) + 40
    svg = Svg(width, height, f"Spectrum of {plan.name}")
    svg.text(16, 24, f"Spectrum of {plan.name} on {plan.network}", size=15)
    colour_of = {path.id: COLOURS[number % len(COLOURS)] for number, path in enumerate(plan.paths)}
    for number, fibre in enumerate(fibres):
        y = top + row * number
        svg.text(left - 8, y + 12, f"{fibre.source} > {fibre.destination}", "end", 11)
        svg.rect(left, y + 2, C_BAND_UNITS * unit, row - 4, LIGHT)
        for path in fibre.lightpaths:
            x = left + path.channel_lower * unit
            tip = f"{path.id}: {path.centre_thz:g} THz, {path.channel_width * UNIT_GHZ:g} GHz"
            svg.rect(x, y + 2, path.channel_width * unit - 1, row - 4, colour_of[path.id], tip)
    bottom = top + row * len(fibres)
    for thz in range(192, 197):
        x = left + (thz - C_BAND_LOWER_THZ) * 1e3 / UNIT_GHZ * unit
        svg.line(x, bottom, x, bottom + 5)
        svg.text(x, bottom + 20, f"{thz} THz", "middle", 11, GREY)
    return svg.to_text()
