"""Events in a report: the throughput around them, what they did, how long ways were interrupted."""

from __future__ import annotations

from apn_emu.results.over_time import throughput_chart
from apn_emu.results.report.interruptions import interruptions
from apn_emu.results.report.markup import Section, cell, raw_cell, say, table
from apn_emu.results.result import Result
from apn_emu.results.wording import action_row, event_note, outage_row
from apn_emu.units import format_duration


def what_failed(result: Result) -> list[Section]:
    """Return the sections about events; those without content are not shown."""
    return [
        _events(result),
        Section("Throughput over time", _over_time(result)),
        Section("Interruptions over time", _wide(interruptions(result.events))),
        _outages(result),
        _actions(result),
    ]


def _over_time(result: Result) -> str:
    if not result.series:
        return ""
    return _wide(throughput_chart(result.series, result.events))


def _wide(picture: str) -> str:
    return f'<div class="wide">{picture}</div>' if picture else ""


def _events(result: Result) -> Section:
    rows = [
        [
            cell(format_duration(event.at_s)),
            *map(cell, (event.kind, event.target)),
            raw_cell(say(event_note(event))),
        ]
        for event in result.events
    ]
    return Section("Events", table(["at", "event", "where", "what it did"], rows, texts=4))


def _actions(result: Result) -> Section:
    rows = [
        [cell(after), cell(lightpath), raw_cell(say(kind)), raw_cell(say(how))]
        for event in result.events
        for after, lightpath, kind, how in map(action_row, event.actions)
    ]
    return Section("Recovery", table(["after", "lightpath", "action", "how"], rows, texts=4))


def _outages(result: Result) -> Section:
    rows = [
        [raw_cell(say(word)) for word in outage_row(event, outage)]
        for event in result.events
        for outage in event.outages
    ]
    header = ["event", "way", "planned", "measured", "recovery", "packets lost"]
    return Section("Outages", table(header, rows, texts=2))
