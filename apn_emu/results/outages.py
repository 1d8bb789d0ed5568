"""Events beside what probes measured: planned and measured outage of each pair that was hit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apn_emu.planning.forecast import Outage, outages, transitions
from apn_emu.planning.places import site_of
from apn_emu.planning.plan import Plan
from apn_emu.results.events import ActionRecord, DarknessRecord, EventRecord, OutageRecord

Gap = Sequence[Any]
"""Workload, source, destination, begin_s, end_s or None, packets missing, interval_s."""

FEW_PACKETS = 3
"""Fewer packets missing in a row are no outage, unless they are as late as one would make them."""

ACTIONS = {
    "switched": "{site} takes {path}",
    "restored": "{path} over {route}",
    "not-restored": "{path}: {text}",
    "preempted": "by {by}",
    "refused": "{text}",
    "removed": "",
}
"""What the controller tells that is an action on an event, and its words."""


def event_records(
    plan: Plan, gaps: Iterable[Gap], control: Sequence[Mapping[str, Any]], ended_s: float
) -> tuple[EventRecord, ...]:
    """Return what the plan's events did, and what was done about them.

    `gaps` are what probes found (`workloads.context.Gap`), `control` is what the controller told
    (`control.requests.Event`, with `at_s`), `ended_s` is when the workloads had ended. Each is
    counted for the last event before it.
    """
    actions = _actions(plan, control)
    routes = {
        (_cause(plan, told["at_s"]), told["path"]): told["route"]
        for told in control
        if told["event"] == "restored"
    }
    planned = outages(plan, routes)
    dark: dict[int, list[DarknessRecord]] = {}
    for at_ns, event, (path, site), present in transitions(plan):
        if not present:
            propagation_us = (at_ns - round(plan.events[event]["at_s"] * 1e9)) / 1e3
            dark.setdefault(event, []).append(DarknessRecord(path, site, propagation_us))
    measured: dict[int, list[OutageRecord]] = {}
    for gap in gaps:
        cause = _cause(plan, gap[3] + gap[6])  # the last packet may have arrived an interval before
        if cause is not None:
            of_event = [outage for outage in planned if outage.event == cause]
            record = _measured(plan, gap, plan.events[cause]["at_s"], of_event)
            if _is_outage(record):
                measured.setdefault(cause, []).append(record)
    return tuple(
        EventRecord(
            at_s=event["at_s"],
            kind=event["kind"],
            target=event["target"],
            note=_note(event, ended_s),
            darkness=tuple(dark.get(index, ())) if event["at_s"] <= ended_s else (),
            outages=tuple(measured.get(index, ())),
            actions=tuple(actions.get(index, ())),
        )
        for index, event in enumerate(plan.events)
    )


def _note(event: Mapping[str, Any], ended_s: float) -> str:
    """Return whether it happened at all, and what extra loss did to the wavelengths."""
    if event["at_s"] > ended_s:
        return "not reached: the workloads had ended"
    margins_db = [f["margin_db"] for ends in event["quality"].values() for f in ends.values()]
    return f"margins from {min(margins_db):g} dB on" if margins_db else ""


def _actions(plan: Plan, control: Sequence[Mapping[str, Any]]) -> dict[int, list[ActionRecord]]:
    """Return what was done after each event, by its index."""
    found: dict[int, list[ActionRecord]] = {}
    for told in control:
        cause = _cause(plan, told["at_s"])
        if cause is None or told["event"] not in ACTIONS:
            continue
        after_s = round(told["at_s"] - plan.events[cause]["at_s"], 9)
        text = ACTIONS[told["event"]].format(**{**told, "route": "-".join(told.get("route", ()))})
        record = ActionRecord(after_s, told["event"], told["subject"], text)
        found.setdefault(cause, []).append(record)
    return found


def _cause(plan: Plan, moment_s: float) -> int | None:
    """Return the last event before a moment."""
    before = [index for index, event in enumerate(plan.events) if event["at_s"] <= moment_s]
    return before[-1] if before else None


def _is_outage(record: OutageRecord) -> bool:
    """Return whether packets were missing or late by what failed, and not by a full queue."""
    if record.missing >= FEW_PACKETS or record.measured_s is None:
        return True
    return record.planned_s is not None and record.measured_s > record.planned_s / 2


def _measured(plan: Plan, gap: Gap, at_s: float, planned: Sequence[Outage]) -> OutageRecord:
    kind, source, destination, begin_s, end_s, missing, interval_s = gap
    return OutageRecord(
        kind=kind,
        source=source,
        destination=destination,
        begin_s=begin_s,
        recovered_s=None if end_s is None else round(end_s - at_s, 9),
        measured_s=None if end_s is None else round(end_s - begin_s - interval_s, 9),
        planned_s=_planned_s(plan, source, destination, planned),
        missing=missing,
    )


def _planned_s(
    plan: Plan, source: str, destination: str, planned: Sequence[Outage]
) -> float | None:
    """Return how long the plan leaves the way between two servers interrupted, None for ever.

    The way is that of `Plan.path`; several lightpaths on it are interrupted together.
    """
    here, there = site_of(source), site_of(destination)
    if not plan.joins(here, there):
        return None
    steps = (step for ways in plan.ways(here, there) for step in ways[0])
    reached = {(step.hop.id, step.there) for step in steps}
    hit = [outage for outage in planned if (outage.lightpath, outage.site) in reached]
    ends_ns = [outage.end_ns for outage in hit]
    if not hit or None in ends_ns:
        return None
    begin_ns = min(outage.begin_ns for outage in hit)
    return (max(end_ns for end_ns in ends_ns if end_ns is not None) - begin_ns) / 1e9
