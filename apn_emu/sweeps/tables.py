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
    if len(_combinations(sweep)) > MOST_ROWS:
        parts.append(f"{len(_combinations(sweep)) - MOST_ROWS} more rows are in the table's file\n")
    for title, records in (("Failed", sweep.failures), ("Not met", sweep.unmet)):
        if records:
            parts.append(_faults(title, records))
    return Group(*parts)


def _combinations(sweep: SweepResult) -> dict[tuple[str, ...], list[PointRecord]]:
    """Return the points by their values, the seeds together."""
    found = defaultdict(list)
    for record in sweep.points:
        found[tuple(map(words, record.point.values.values()))].append(record)
    return found


def _medians(sweep: SweepResult) -> RenderableType:
    samples = [m for r in sweep.points if r.result for m in r.result.measurements]
    metrics = sorted({(sample.kind, sample.metric) for sample in samples})
    heads = [f"{kind}\n{metric}" for kind, metric in metrics]
    keys = [axis.key for axis in sweep.axes[:-1]]
    shown = plain_table(f"{sweep.name}: median", keys, [*heads, "met"])
    for column in shown.columns:
        column.no_wrap = True  # a value beside its unit
    for values, records in list(_combinations(sweep).items())[:MOST_ROWS]:
        cells = [_median(records, kind, metric) for kind, metric in metrics]
        met = sum(record.exit_code == 0 for record in records)
        shown.add_row(*values, *cells, f"{met} of {len(records)}")
    return shown


def _median(records: Iterable[PointRecord], kind: str, metric: str) -> str:
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
