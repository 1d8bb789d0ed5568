"""Throughput over time as a chart, with the moments of the events. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from apn_emu.results.chart import Curve, Mark, Point, line_chart
from apn_emu.results.events import EventRecord, SeriesRecord

MOST_POINTS = 600
"""More than this a chart cannot show: longer series are thinned to means."""

MOST_CURVES = 8


def throughput_chart(series: Sequence[SeriesRecord], events: Iterable[EventRecord]) -> str:
    """Return an SVG document; raise `ValueError` when there is no series."""
    shown = series[:MOST_CURVES]
    curves = [Curve(f"{one.source} → {one.destination}", tuple(_points(one))) for one in shown]
    xs = [point.x for curve in curves for point in curve.points]
    marks = [
        Mark(event.at_s, f"{event.kind} {event.target}")
        for event in events
        if xs and min(xs) <= event.at_s <= max(xs)
    ]
    title = ", ".join(dict.fromkeys(one.kind for one in shown))
    if len(series) > len(shown):
        title += f" ({len(shown)} / {len(series)})"
    return line_chart(curves, title, "s", "Gbit/s", dots=False, marks=marks)


def _points(series: SeriesRecord) -> Iterator[Point]:
    """Yield the middle of each interval, or of as many intervals as make a point."""
    together = -(-len(series.rates_bps) // MOST_POINTS)
    for begin in range(0, len(series.rates_bps), together):
        part = series.rates_bps[begin : begin + together]
        gbps = sum(part) / len(part) / 1e9
        at_s = series.start_s + (begin + len(part) / 2) * series.interval_s
        yield Point(at_s, gbps, gbps, gbps)
