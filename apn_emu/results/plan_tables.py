"""The plan as tables: routes, quality, latency, spectrum. For a terminal and for a notebook."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table

from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.optics.modes import default_modes
from apn_emu.planning.forecast import outages
from apn_emu.planning.occupancy import occupancies, spectrum_svg, symbols
from apn_emu.planning.plan import Plan
from apn_emu.results.notebook import as_html
from apn_emu.units import format_duration


def plan_tables(plan: Plan) -> RenderableType:
    """Return lightpaths with their quality and latency, and how full each fibre is."""
    parts: list[RenderableType] = []
    if plan.lightpaths:
        parts += [_route_table(plan), _quality_table(plan), _latency_table(plan)]
    if plan.end_to_end:
        parts.append(_end_to_end_table(plan))
    head = f"{plan.name} on {plan.network}: {len(plan.lightpaths)} lightpaths"
    parts.append(_fibre_table(plan))
    if plan.events:
        parts.append(_outage_table(plan))
    return Group(head, *parts)


def plan_html(plan: Plan) -> str:
    """Return the plan for a notebook: tables, totals and the picture of the spectrum."""
    return as_html(Group(plan_tables(plan), totals(plan))) + spectrum_svg(plan)


def totals(plan: Plan) -> str:
    """Return what it takes, in a line."""
    needed = f"{transponders(plan)} transponders, about {power_w(plan):g} W"
    return f"{needed} (transceivers alone; sources: optics/modes.json)"


def transponders(plan: Plan) -> int:
    """Return the transponders in use, two a path."""
    return 2 * len(plan.paths)


def power_w(plan: Plan) -> float:
    """Return the power of their transceiver modules."""
    modes = default_modes()
    return sum(2 * modes[path.mode].power_w for path in plan.paths)


def _table(title: str, words: Sequence[str], numbers: Sequence[str]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for head in words:
        table.add_column(head, overflow="fold")
    for head in numbers:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _route_table(plan: Plan) -> Table:
    table = _table("Lightpaths", ("", "", "route"), ("km", "centre THz", "GHz"))
    symbol_of = symbols(plan)
    for path in plan.paths:
        figures = (
            f"{path.length_km:g}",
            f"{path.centre_thz:.9g}",
            f"{path.channel_width * UNIT_GHZ:g}",
        )
        route = " - ".join(path.route)
        table.add_row(symbol_of[path.id], path.id, route, *figures)
    return table


def _quality_table(plan: Plan) -> Table:
    numbers = ("Gbit/s", "GSNR dB", "margin dB", "pre-FEC BER")
    table = _table("Transmission", ("", "mode"), numbers)
    for path in plan.paths:
        qot = path.qot
        figures = (
            f"{path.rate_bps / 1e9:g}",
            f"{qot['gsnr_01nm_db']:.1f}",
            f"{qot['margin_db']:.1f}",
            f"{qot['pre_fec_ber']:.1e}",
        )
        table.add_row(path.id, path.mode, *figures)
    return table


def _latency_table(plan: Plan) -> Table:
    parts = ("fibre", "amplifiers", "ROADMs", "transceivers", "total")
    table = _table("One-way latency in microseconds", ("",), parts)
    for path in plan.paths:
        spent = path.latency
        ns = (spent.fibre_ns, spent.amplifiers_ns, spent.roadms_ns, spent.transceivers_ns)
        table.add_row(path.id, *(f"{part / 1e3:.3f}" for part in (*ns, spent.total_ns)))
    return table


def _end_to_end_table(plan: Plan) -> Table:
    """Return the lightpaths between domains, over all their segments."""
    table = _table("Between domains", ("", "handed over at"), ("segments", "km", "us"))
    for through in plan.end_to_end:
        segments = [plan.lightpath_by_id[segment] for segment in through.segments]
        km = sum(segment.length_km for segment in segments)
        us = sum(segment.latency.total_ns for segment in segments) / 1e3
        figures = (str(len(segments)), f"{km:g}", f"{us:.3f}")
        table.add_row(through.id, ", ".join(through.borders), *figures)
    return table


def _fibre_table(plan: Plan) -> Table:
    numbers = ("lightpaths", "GHz used", "of the C band")
    table = _table("Spectrum of each fibre", ("from", "to"), numbers)
    for fibre in occupancies(plan):
        figures = (str(len(fibre.lightpaths)), f"{fibre.used_ghz:g}", f"{fibre.share:.1%}")
        table.add_row(fibre.source, fibre.destination, *figures)
    return table


def _outage_table(plan: Plan) -> Table:
    """Return what the events do to the lightpaths' clients, the controller's part left out."""
    title = "Outages by the events, before the controller restores anything"
    table = _table(title, ("event", "lightpath", "at"), ("begins", "lasts"))
    for outage in outages(plan):
        event = plan.events[outage.event]
        lasts = "to the end"
        if outage.end_ns is not None:
            lasts = format_duration((outage.end_ns - outage.begin_ns) / 1e9)
        begins = f"{outage.begin_ns / 1e9:.6f} s"
        where = f"{event['kind']} {event['target']}"
        table.add_row(where, outage.lightpath, outage.site, begins, lasts)
    return table
