"""A sweep as tables for a terminal: what was measured at each combination, and what failed."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable

from rich.console import Group, RenderableType

from apn_emu.results.layout import plain_table
from apn_emu.results.metrics import METRICS, show
from apn_emu.scenario.overriding import words
from apn_emu.sweeps.record import PointRecord, SweepResult

MOST_ROWS = 40
"""More combinations than that are for a program to read, not for a person."""


def sweep_tables(sweep: SweepResult) -> RenderableType:
    """Return the median of each metric at each combination (over the seeds), then what failed."""
    parts: list[RenderableType] = [_medians(sweep)]
    if len(combinations(sweep)) > MOST_ROWS:
        parts.append(f"{len(combinations(sweep)) - MOST_ROWS} more rows are in the table's file\n")
    for title, records in (("Failed", sweep.failures), ("Not met", sweep.unmet)):
        if records:
            parts.append(_faults(title, records))
    return Group(*parts)


def combinations(sweep: SweepResult) -> dict[tuple[str, ...], list[PointRecord]]:
    """Return the points by their values, the seeds together."""
    found = defaultdict(list)
    for record in sweep.points:
        found[tuple(map(words, record.point.values.values()))].append(record)
    return found


def metrics_of(sweep: SweepResult) -> list[tuple[str, str]]:
    """Return workload and metric of everything that was measured."""
    samples = (m for r in sweep.points if r.result for m in r.result.measurements)
    return sorted({(sample.kind, sample.metric) for sample in samples})


def _medians(sweep: SweepResult) -> RenderableType:
    metrics = metrics_of(sweep)
    heads = [f"{kind}\n{metric}" for kind, metric in metrics]
    keys = [axis.key for axis in sweep.axes[:-1]]
    shown = plain_table(f"{sweep.name}: median", keys, [*heads, "met"])
    for column in shown.columns:
        column.no_wrap = True  # a value beside its unit
    for values, records in list(combinations(sweep).items())[:MOST_ROWS]:
        cells = [median(records, kind, metric) for kind, metric in metrics]
        met = sum(record.exit_code == 0 for record in records)
        shown.add_row(*values, *cells, f"{met} of {len(records)}")
    return shown


def median(records: Iterable[PointRecord], kind: str, metric: str) -> str:
    """Return the median of a metric over the samples of some points, as people read it."""
    values = [
        sample.value_si
        for record in records
        for sample in (record.result.measurements if record.result else ())
        if (sample.kind, sample.metric) == (kind, metric)
    ]
    return show(METRICS[metric].dimension, statistics.median(values)) if values else "·"


def _faults(title: str, records: Iterable[PointRecord]) -> RenderableType:
    shown = plain_table(title, ["point", "values", "why"], [])
    for record in records:
        shown.add_row(str(record.point.number), record.point.label, record.words)
    return shown
