"""Tables of what failed, and of the outages that came of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from apn_emu.results.events import EventRecord, OutageRecord
from apn_emu.results.layout import plain_table
from apn_emu.results.wording import action_row, event_note, outage_row
from apn_emu.units import format_duration

MOST_ROWS = 20


def event_table(events: Sequence[EventRecord]) -> Table:
    """Return each event with when it happened and what it did to light."""
    table = plain_table("Events", ["at", "event", "where", "what it did"], [])
    for event in events:
        at = format_duration(event.at_s)
        table.add_row(at, event.kind, event.target, event_note(event))
    return table


def outage_table(events: Sequence[EventRecord]) -> Table:
    """Return the worst outages that probes measured, beside those of the plan."""
    columns = ["planned", "measured", "recovery", "packets"]
    table = plain_table("Outages", ["event", "way"], columns)
    rows = [(event, outage) for event in events for outage in event.outages]
    shown = sorted(rows, key=_length, reverse=True)[:MOST_ROWS]
    for event, outage in rows:
        if (event, outage) in shown:
            table.add_row(*outage_row(event, outage))
    if len(rows) > len(shown):
        table.caption = f"the longest {len(shown)} of {len(rows)}; all are in result.json"
    return table


def action_table(events: Sequence[EventRecord]) -> Table:
    """Return what the controller and the transponders did about the events."""
    table = plain_table("Recovery", ["after", "lightpath", "action", "how"], [])
    rows = [action for event in events for action in event.actions]
    for action in rows[:MOST_ROWS]:
        table.add_row(*map(Text, action_row(action)))
    if len(rows) > MOST_ROWS:
        table.caption = f"the first {MOST_ROWS} of {len(rows)}; all are in result.json"
    return table


def _length(row: tuple[EventRecord, OutageRecord]) -> float:
    measured_s = row[1].measured_s
    return math.inf if measured_s is None else measured_s
