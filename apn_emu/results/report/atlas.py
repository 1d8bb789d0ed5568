"""The network of a run: a map, its spectrum, and all about each lightpath, chosen by a click.

Everything of one lightpath carries its id in `data-lightpath`; page.js marks it. The list of
buttons is what a keyboard and a screen reader use; the pictures say the same to a pointer. Without
JavaScript all details are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from apn_emu.optics.grid import Channel
from apn_emu.results.report.fibre_map import (
    CLASSES,
    channels_on,
    network_map,
    paths_of,
    share_of_band,
)
from apn_emu.results.report.markup import Section, cell, say, table
from apn_emu.results.report.spectrum import spectrum
from apn_emu.units import format_rate

HINT = "Choose a lightpath here, on the map or in the spectrum: route, channel, latency."


def atlas(plan: Mapping[str, Any]) -> Iterator[Section]:
    """Yield the sections; `plan` is what plan.json holds. Nothing where no light goes."""
    if not plan["lightpaths"]:
        return
    buttons = "\n".join(
        f'<button type="button" data-lightpath="{escape(path["id"])}" aria-pressed="false">'
        f"{escape(path['id'])} · {format_rate(path['rate_bps'])}</button>"
        for path in plan["lightpaths"]
    )
    details = "\n".join(map(_detail, plan["lightpaths"]))
    told = f'<div class="details" aria-live="polite">{details}</div>'
    picture = f'<figure class="wide">{network_map(plan)}</figure>'
    yield Section(
        "Map",
        f'{picture}\n{_legend(plan)}\n<p class="quiet">{say(HINT)}</p>\n'
        f'<div class="list">{buttons}</div>\n{told}',
    )
    yield Section("Spectrum", f'<figure class="wide">{spectrum(plan)}</figure>')


def fibres(plan: Mapping[str, Any]) -> Section:
    """Return what the map's colours and the spectrum say, in numbers."""
    rows = []
    for fibre in plan["fibres"]:
        channels = channels_on(plan, fibre["id"])
        lit = len({lightpath for lightpath, _ in channels})
        numbers = (f"{fibre['length_km']:.1f}", f"{fibre['delay_ns'] / 1e3:.1f}", str(lit))
        share = f"{100 * share_of_band(channels):.1f}"
        rows.append([cell(word) for word in (fibre["id"], *numbers, share)])
    header = ["fibre", "length, km", "delay, us", "lightpaths", "C band, %"]
    return Section("Fibres", table(header, rows))


def _legend(plan: Mapping[str, Any]) -> str:
    limits = ["0", *(f"> {100 * limit:g} %" for limit in CLASSES)]
    band = (f"{_swatch(f'fibre use{n}')} {escape(limit)}" for n, limit in enumerate(limits))
    lines = [f"{say('C band in use on a fibre:')} {' '.join(band)}"]
    lines.append(f"{_swatch('arc')} {say('lightpath, from end to end')}")
    if plan["events"]:
        lines.append(f"{_swatch('fibre use0 failed')} {say('failed during the run')}")
    return "".join(f'<p class="quiet legend">{line}</p>' for line in lines)


def _swatch(style: str) -> str:
    line = f'<line class="{style}" x1="2" y1="5" x2="34" y2="5"/>'
    return f'<svg width="36" height="10" aria-hidden="true">{line}</svg>'


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
    return f'<table class="texts2">{lines}</table>'
