"""The result as tables for a terminal of 80 columns. Whoever prints them owns the console:
rich leaves out colours when the output is no terminal or `NO_COLOR` is set.
"""

from __future__ import annotations

import statistics
import textwrap
from collections.abc import Iterable, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from apn_emu.results.comparison_tables import comparison_table, scorecard_table
from apn_emu.results.event_tables import action_table, event_table, outage_table
from apn_emu.results.expectations import Verdict
from apn_emu.results.layout import plain_table
from apn_emu.results.matrices import TAIL_SAMPLES, TAILS, Matrix, Summary, matrices, summaries
from apn_emu.results.metrics import METRICS, show
from apn_emu.results.result import LightpathRecord, Result
from apn_emu.results.variants import Variants, variants
from apn_emu.results.wording import SCALES, lightpath_rows, measured_words

MOST_SITES = 8
"""A matrix of more sites does not fit; it is summed up."""

WORST_PAIRS = 5

TERMINAL_COLUMNS, BETWEEN_COLUMNS = 80, 3
"""Width of a terminal, and what the layout leaves between two columns of a table."""


def result_tables(result: Result) -> RenderableType:
    """Return lightpaths, matrices, a summary and the expectations of a run, as far as there are."""
    parts: list[RenderableType] = []
    if result.lightpaths:
        parts.append(lightpath_table(result.lightpaths))
    for matrix in matrices(result):
        small = len(matrix.sites) <= MOST_SITES
        parts.append(matrix_table(matrix) if small else worst_table(matrix))
    in_variants = variants(result)
    parts += [variants_table(workload) for workload in in_variants]
    shown = {workload.workload for workload in in_variants}
    rest = [row for row in summaries(result) if row.kind.partition(".")[0] not in shown]
    if rest:
        parts.append(summary_table(rest))
    if tails := [row for row in rest if row.samples >= TAIL_SAMPLES]:
        parts.append(tail_table(tails))
    if result.events:
        parts.append(event_table(result.events))
    if any(event.actions for event in result.events):
        parts.append(action_table(result.events))
    if any(event.outages for event in result.events):
        parts.append(outage_table(result.events))
    if any(baseline.compared for baseline in result.baselines):
        parts.append(comparison_table(result.baselines, bool(result.events)))
    if result.scorecard:
        parts.append(scorecard_table(result.scorecard))
    if result.expectations:
        parts.append(expectation_table(result.expectations))
    return Group(*parts)


def lightpath_table(lightpaths: Iterable[LightpathRecord]) -> Table:
    """Return route, channel, rate, length and one-way delay of each path."""
    names = ["THz", "GHz", "mode", "rate", "km", "us"]
    table = plain_table("Lightpaths", ["route"], names)
    rows = [row for path in lightpaths for row in lightpath_rows(path)]
    columns = zip(names, *(row[1:] for row in rows), strict=True)
    taken = sum(max(map(len, column)) for column in columns)
    room = TERMINAL_COLUMNS - taken - BETWEEN_COLUMNS * (len(names) + 1)
    for route, *rest in rows:
        # rich would break a long route inside a name: break it between them.
        table.add_row(textwrap.fill(route, max(room, 1), break_long_words=False), *rest)
    return table


def matrix_table(matrix: Matrix) -> Table:
    """Return the mean from each site (row) to each site (column)."""
    scale = SCALES[matrix.metric]
    table = plain_table(f"{scale.title} ({matrix.kind})", ["from \\ to"], matrix.sites)
    for source in matrix.sites:
        values = [matrix.mean.get((source, destination)) for destination in matrix.sites]
        cells = ["·" if value is None else scale.show(value) for value in values]
        table.add_row(source, *cells)
    return table


def worst_table(matrix: Matrix) -> Table:
    """Return the range over all pairs and the worst ones, where a matrix does not fit."""
    scale = SCALES[matrix.metric]
    values = list(matrix.mean.values())
    table = plain_table(
        f"{scale.title} ({matrix.kind}), {len(matrix.sites)} sites", ["pair"], ["value"]
    )
    for name, value in (
        ("minimum", min(values)),
        ("median", statistics.median(values)),
        ("maximum", max(values)),
    ):
        table.add_row(name, scale.show(value))
    table.add_section()
    for source, destination, value in matrix.worst(WORST_PAIRS):
        table.add_row(f"{source} -> {destination}", scale.show(value))
    return table


def variants_table(workload: Variants) -> Table:
    """Return the median of each metric (columns) by variant (rows), e.g. by message size."""
    columns = [metric.replace("_", " ") for metric in workload.metrics]
    over = f" over {workload.pairs} pairs" if workload.pairs > 1 else ""
    table = plain_table(f"{workload.workload}, median{over}", [""], columns)
    for variant, values in workload.rows.items():
        cells = [
            show(METRICS[metric].dimension, values[metric]) if metric in values else "·"
            for metric in workload.metrics
        ]
        table.add_row(variant.replace(".", " "), *cells)
    return table


def summary_table(rows: Iterable[Summary]) -> Table:
    """Return the range of what was measured."""
    return _statistics_table("Measurements", rows, ("min", "median", "max"))


def tail_table(rows: Iterable[Summary]) -> Table:
    """Return the tails of what was measured often."""
    return _statistics_table("Tails", rows, ("mean", *TAILS))


def _statistics_table(title: str, rows: Iterable[Summary], columns: Sequence[str]) -> Table:
    table = plain_table(title, ["workload", "metric"], ["samples", *columns])
    for row in rows:
        dimension = METRICS[row.metric].dimension
        values = (show(dimension, row.statistics[column]) for column in columns)
        table.add_row(row.kind, row.metric, str(row.samples), *values)
    return table


def expectation_table(verdicts: Iterable[Verdict]) -> Table:
    """Return each expectation with its measured value and whether it was met."""
    table = plain_table("Expectations", ["expectation"], ["measured", ""])
    for verdict in verdicts:
        outcome = Text("met", "green") if verdict.met else Text("FAILED", "bold red")
        table.add_row(Text(verdict.text), measured_words(verdict), outcome)
    return table
