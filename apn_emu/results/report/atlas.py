"""The network of a run: a map, its spectrum, and all about each lightpath, chosen by a click.

Everything of one lightpath carries its id in `data-lightpath`; page.js marks it. The list of
buttons is what a keyboard and a screen reader use; the pictures say the same to a pointer. Without
JavaScript all details are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from apn_emu.network.drawing import fitted
from apn_emu.optics.grid import C_BAND_UNITS, Channel
from apn_emu.results.report.markup import cell, heading, say
from apn_emu.results.report.spectrum import spectrum
from apn_emu.units import format_rate

_WIDTH, _HEIGHT, _MARGIN = 1000, 760, 60
_LETTER, _LINE = 7.4, 13.0
"""Size of a letter on the map, to keep names apart."""
HINT = "Choose a lightpath here, on the map or in the spectrum: route, channel, latency."

_CLASSES = (0.0, 0.05, 0.25, 0.5)
"""Shares of the C band above which a fibre gets the next colour."""


def atlas(plan: Mapping[str, Any]) -> Iterator[str]:
    """Yield the sections; `plan` is what plan.json holds. Nothing where no light goes."""
    if not plan["lightpaths"]:
        return
    yield heading("Map")
    buttons = "\n".join(
        f'<button type="button" data-lightpath="{escape(path["id"])}" aria-pressed="false">'
        f"{escape(path['id'])} · {format_rate(path['rate_bps'])}</button>"
        for path in plan["lightpaths"]
    )
    yield (
        f"<figure>{_map(plan)}<figcaption>{_legend()}</figcaption></figure>\n"
        f'<p class="quiet">{say(HINT)}</p>\n<div class="list">{buttons}</div>'
    )
    yield '<div aria-live="polite">' + "\n".join(map(_detail, plan["lightpaths"])) + "</div>"
    yield heading("Spectrum")
    yield f'<figure class="wide">{spectrum(plan)}</figure>'


def paths_of(lightpath: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the working path and, if there is one, the protecting path."""
    return [path for path in (lightpath, lightpath["protecting"]) if path is not None]


def _map(plan: Mapping[str, Any]) -> str:
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
            *_nodes(plan, at),
            "</svg>",
        ]
    )


Line = tuple[float, float, float, float]


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
    for fibre in plan["fibres"]:
        lit = [
            (lightpath["id"], path["channel_width"])
            for lightpath in plan["lightpaths"]
            for path in paths_of(lightpath)
            if fibre["id"] in path["fibres"]
        ]
        share = sum(width for _, width in lit) / C_BAND_UNITS
        used = sum(share > limit for limit in _CLASSES)
        place = 'x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"'.format(*lines[fibre["id"]])
        yield f'<line class="fibre use{used}" {place}/>'
        tip = f"{fibre['id']}: {fibre['length_km']:g} km, {100 * share:.1f} %"
        ids = " ".join(dict.fromkeys(name for name, _ in lit))
        attribute = f' data-lightpath="{escape(ids)}"' if ids else ""
        yield f'<line class="hit" {place}{attribute}><title>{escape(tip)}</title></line>'


def _ways(plan: Mapping[str, Any], lines: Mapping[str, Line]) -> Iterator[str]:
    for lightpath in plan["lightpaths"]:
        for path in paths_of(lightpath):
            style = "way" if path is lightpath else "way protecting"
            moves = " ".join(
                "M{:.1f} {:.1f}L{:.1f} {:.1f}".format(*lines[fibre]) for fibre in path["fibres"]
            )
            yield f'<path class="{style}" data-lightpath="{escape(lightpath["id"])}" d="{moves}"/>'


def _nodes(plan: Mapping[str, Any], at: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    sites = {site["id"] for site in plan["sites"]}
    taken = [(x - 5, y - 5, x + 5, y + 5) for x, y in at.values()]
    for roadm in sorted(plan["roadms"], key=lambda roadm: roadm["id"] not in sites):
        x, y = at[roadm["id"]]
        name = roadm["name"] or roadm["id"]
        style = "node site" if roadm["id"] in sites else "node"
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


def _legend() -> str:
    limits = ["0", *(f"> {100 * limit:g} %" for limit in _CLASSES)]
    swatches = " ".join(
        f'<svg width="26" height="10" aria-hidden="true"><line class="fibre use{number}" x1="2"'
        f' y1="5" x2="24" y2="5"/></svg> {escape(limit)}'
        for number, limit in enumerate(limits)
    )
    return f'<span class="quiet">{say("C band in use on a fibre:")} {swatches}</span>'


def _detail(lightpath: Mapping[str, Any]) -> str:
    name = escape(lightpath["id"])
    paths = [
        f"<h3>{name} {say(kind) if len(paths_of(lightpath)) > 1 else ''}</h3>{_facts(path)}"
        for kind, path in zip(("working", "protecting"), paths_of(lightpath), strict=False)
    ]
    return f'<div class="detail" data-lightpath="{name}">{"".join(paths)}</div>'


def _facts(path: Mapping[str, Any]) -> str:
    channel = Channel(path["channel_lower"], path["channel_width"])
    slot = f"{channel.centre_thz:g} THz, {channel.width_ghz:g} GHz"
    qot, latency = path["qot"], path["latency"]
    rows = [
        ("route", " - ".join(path["route"])),
        ("length, km", f"{path['length_km']:g}"),
        ("channel (ITU-T G.694.1)", f"{slot} (n = {channel.n:g}, m = {channel.m:g})"),
        ("mode", path["mode"]),
        ("client rate", format_rate(path["rate_bps"])),
        ("GSNR in 0.1 nm", f"{qot['gsnr_01nm_db']:g} dB"),
        ("margin", f"{qot['margin_db']:g} dB"),
        ("pre-FEC BER", f"{qot['pre_fec_ber']:g}"),
        *(
            (part, f"{latency[f'{part.lower()}_ns'] / 1e3:.3f} us")
            for part in ("fibre", "amplifiers", "ROADMs", "transceivers")
        ),
        ("one way, in all", f"{sum(latency.values()) / 1e3:.3f} us"),
    ]
    lines = "".join(
        f'<tr><th scope="row">{say(what)}</th>{cell(value)}</tr>' for what, value in rows
    )
    return f"<table>{lines}</table>"
