"""What failed during a run and what came of it, as result.json holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class DarknessRecord:
    """A path whose receiver at `site` lost its light, `propagation_us` after the event."""

    path: str
    site: str
    propagation_us: float


@dataclass(frozen=True)
class OutageRecord:
    """An interruption that a probe (`kind`) measured, beside what the plan says.

    `begin_s` is the last arrival before, `recovered_s` the time from the event to the first one
    after; both it and `measured_s` are None when no packet came any more, `planned_s` when nothing
    in the plan but the controller ends the outage. `missing` counts packets.
    """

    kind: str
    source: str
    destination: str
    begin_s: float
    recovered_s: float | None
    measured_s: float | None
    planned_s: float | None
    missing: int


@dataclass(frozen=True)
class ActionRecord:
    """What was done about an event, or could not be, `after_s` after it.

    `kind` is `switched`, `restored`, `not-restored`, `preempted`, `removed` or `refused`; `text`
    says where to, or why not.
    """

    after_s: float
    kind: str
    lightpath: str
    text: str


@dataclass(frozen=True)
class EventRecord:
    """An event that happened `at_s` seconds after the start of the workloads, and what it did."""

    at_s: float
    kind: str
    target: str
    note: str = ""
    darkness: tuple[DarknessRecord, ...] = ()
    outages: tuple[OutageRecord, ...] = ()
    actions: tuple[ActionRecord, ...] = ()

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EventRecord:
        """Return the record of an entry of result.json."""
        dark = tuple(DarknessRecord(**record) for record in data.get("darkness", ()))
        outages = tuple(OutageRecord(**record) for record in data.get("outages", ()))
        actions = tuple(ActionRecord(**record) for record in data.get("actions", ()))
        return cls(**{**data, "darkness": dark, "outages": outages, "actions": actions})


@dataclass(frozen=True)
class SeriesRecord:
    """The throughput of a TCP connection over time: payload in bit/s, one value an interval."""

    kind: str
    source: str
    destination: str
    start_s: float
    interval_s: float
    rates_bps: tuple[float, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> SeriesRecord:
        """Return the record of an entry of result.json."""
        return cls(**{**data, "rates_bps": tuple(data["rates_bps"])})
