"""When the ways between servers were interrupted, as bars over time beside the events. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apn_emu.results.chart import round_steps
from apn_emu.results.events import EventRecord
from apn_emu.results.svg import COLOURS, GREY, LIGHT, Svg
from apn_emu.units import format_duration

_WIDTH, _LEFT, _RIGHT, _TOP, _ROW, _BOTTOM = 1000, 240, 20, 34, 20, 28
_MARGIN = 0.08
"""What is shown before the first event and after the last recovery, as a share of the rest."""

MOST_WAYS = 60


@dataclass(frozen=True)
class _Bar:
    """An outage: `end_s` is None when it lasted to the end."""

    way: str
    begin_s: float
    end_s: float | None
    tip: str


def interruptions(events: Sequence[EventRecord]) -> str:
    """Return an SVG document: a row for each way, a bar for each outage; nothing if there is none.

    A bar that reaches the right edge is an outage to the end.
    """
    bars = list(_bars(events))
    if not bars:
        return ""
    ways = list(dict.fromkeys(bar.way for bar in bars))[:MOST_WAYS]
    marks = [event for event in events if event.outages]
    first_s = min([*(bar.begin_s for bar in bars), *(event.at_s for event in marks)])
    last_s = max(bar.end_s or bar.begin_s for bar in bars)
    margin_s = _MARGIN * (last_s - first_s) or 1.0
    begin_s, end_s = first_s - margin_s, last_s + margin_s
    bottom = _TOP + _ROW * len(ways)
    svg = Svg(_WIDTH, bottom + _BOTTOM, "Interruptions over time")

    def x(at_s: float) -> float:
        return _LEFT + (at_s - begin_s) * (_WIDTH - _LEFT - _RIGHT) / (end_s - begin_s)

    for tick in round_steps(begin_s, end_s):
        svg.line(x(tick), _TOP, x(tick), bottom, LIGHT)
        svg.text(x(tick), bottom + 17, f"{tick:g} s", "middle", 11, GREY)
    for row, way in enumerate(ways):
        svg.text(_LEFT - 8, _TOP + _ROW * row + 14, way, "end")
        for bar in bars:
            if bar.way == way:
                to = _WIDTH if bar.end_s is None else x(bar.end_s)
                wide = max(2.0, to - x(bar.begin_s))
                svg.rect(x(bar.begin_s), _TOP + _ROW * row + 3, wide, _ROW - 6, COLOURS[1], bar.tip)
    for event in marks:
        svg.line(x(event.at_s), _TOP - 6, x(event.at_s), bottom, GREY)
        svg.text(x(event.at_s), _TOP - 12, f"{event.kind} {event.target}")
    return svg.to_text()


def _bars(events: Sequence[EventRecord]) -> Iterator[_Bar]:
    for event in events:
        for outage in event.outages:
            end_s = None if outage.recovered_s is None else event.at_s + outage.recovered_s
            lasted = "to the end" if end_s is None else format_duration(end_s - outage.begin_s)
            tip = f"{event.kind} {event.target}: {lasted}"
            way = f"{outage.source} → {outage.destination}"
            yield _Bar(way, outage.begin_s, end_s, tip)
