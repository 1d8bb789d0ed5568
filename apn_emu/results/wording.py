"""Words that the terminal tables and the report share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.results.events import ActionRecord, EventRecord, OutageRecord
from apn_emu.results.expectations import Verdict, parse_expectation
from apn_emu.results.indicators import INDICATORS, IndicatorRecord
from apn_emu.results.metrics import show
from apn_emu.results.result import LightpathRecord, ProtectingRecord
from apn_emu.units import format_duration, format_rate


@dataclass(frozen=True)
class Scale:
    """How a matrix shows a metric: title with the unit, factor from SI to it, decimal places."""

    title: str
    factor: float
    places: int

    def show(self, value_si: float) -> str:
        """Return the number of a cell."""
        return f"{value_si * self.factor:.{self.places}f}"


SCALES = {
    "rtt": Scale("Round-trip time, mean, ms", 1e3, 3),
    "throughput": Scale("Throughput, mean, Gbit/s", 1e-9, 1),
}


def lightpath_rows(path: LightpathRecord) -> list[list[str]]:
    """Return route, centre (THz), width (GHz), mode, rate, length (km) and one-way delay (us).

    A row for the working path, and one for the protecting path if there is one.
    """
    rows = [_row("-".join(path.route), path, format_rate(path.rate_bps).removesuffix("bit/s"))]
    if path.protecting is not None:
        rows.append(_row(f"  {path.protection} {'-'.join(path.protecting.route)}", path.protecting))
    return rows


def _row(route: str, path: LightpathRecord | ProtectingRecord, rate: str = "") -> list[str]:
    return [
        route,
        f"{path.centre_thz:g}",
        f"{path.width_ghz:g}",
        path.mode,
        rate,
        f"{path.length_km:.1f}",
        f"{path.delay_us:.1f}",
    ]


def action_row(action: ActionRecord) -> list[str]:
    """Return how long after the event, for which lightpath, what was done, and how."""
    return [format_duration(action.after_s), action.lightpath, action.kind, action.text]


def outage_row(event: EventRecord, outage: OutageRecord) -> list[str]:
    """Return the way, the planned and the measured outage, recovery, and packets lost."""
    planned = "-" if outage.planned_s is None else format_duration(outage.planned_s)
    lasting = "to the end" if outage.measured_s is None else format_duration(outage.measured_s)
    recovered = "never" if outage.recovered_s is None else format_duration(outage.recovered_s)
    way = f"{outage.source} -> {outage.destination}"
    return [f"{event.kind} {event.target}", way, planned, lasting, recovered, str(outage.missing)]


def event_note(event: EventRecord) -> str:
    """Return in words what an event did to light."""
    if event.note:
        return event.note
    paths = len({record.path for record in event.darkness})
    return f"{paths} path{'s' if paths > 1 else ''} lost light" if paths else ""


def measured_words(verdict: Verdict) -> str:
    """Return the measured value as people read it, of how few samples, or why there is none."""
    if verdict.measured is None:
        return verdict.note
    value = show(parse_expectation(verdict.text).dimension, verdict.measured)
    return f"{value} ({verdict.note})" if verdict.note else value


def scorecard_rows(records: Sequence[IndicatorRecord]) -> list[list[str]]:
    """Return a row for each indicator: name, whether more or less is better, and its values."""
    networks = list(dict.fromkeys(record.network for record in records))
    value_of = {(record.indicator, record.network): record for record in records}
    rows = []
    for name, indicator in INDICATORS.items():
        cells = [value_of.get((name, network)) for network in networks]
        if any(cells):
            better = "more" if indicator.more_is_better else "less"
            words = [indicator_words(record) if record else "·" for record in cells]
            rows.append([f"{name} ({better})", *words])
    return rows


def indicator_words(record: IndicatorRecord) -> str:
    """Return the value of an indicator as people read it."""
    if record.unit == "s":
        return format_duration(record.value)
    if record.unit == "J":
        return f"{record.value * 1e9:.3g} nJ"
    return f"{record.value:.3g}"
