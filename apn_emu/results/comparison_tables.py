"""Baselines beside the all-photonic network, as tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Table

from apn_emu.results.comparison import APN, BaselineRecord, ComparedRecord
from apn_emu.results.indicators import IndicatorRecord
from apn_emu.results.layout import plain_table
from apn_emu.results.metrics import METRICS, show
from apn_emu.results.wording import scorecard_rows

SHOWN = (
    *("rtt", "delay", "throughput", "fct", "response_time", "operation_time", "step_time"),
    *("commit_latency", "migration_time", "downtime", "loss", "outage", "transaction_rate"),
)
"""Metrics in the terminal; the report and result.json have all."""

WIDTH = 28
"""Of the first column: five networks fit beside it."""


def comparison_table(baselines: Sequence[BaselineRecord], events: bool) -> Table:
    """Return the median of each workload and metric on every network, with ratios to the APN.

    Where there were `events`, it says that they happened to the APN alone.
    """
    names = [baseline.name for baseline in baselines]
    table = plain_table("Baselines: median, and times the APN's", ["workload"], [APN, *names])
    table.columns[0].no_wrap, table.columns[0].max_width = True, WIDTH
    if events:
        table.caption = "The scenario's events happened on the APN alone."
    found = [{(r.kind, r.metric): r for r in baseline.compared} for baseline in baselines]
    for kind, metric in dict.fromkeys(key for records in found for key in records):
        if metric in SHOWN:
            records = [of_baseline.get((kind, metric)) for of_baseline in found]
            apn = next(record.apn for record in records if record is not None)
            cells = [show(METRICS[metric].dimension, apn), *map(_cell, records)]
            table.add_row(f"{kind}\n{metric}", *cells)
    return table


def scorecard_table(records: Sequence[IndicatorRecord]) -> Table:
    """Return the median of each indicator on every network, and whether more or less is better."""
    networks = list(dict.fromkeys(record.network for record in records))
    table = plain_table("Scorecard", ["indicator"], networks)
    table.columns[0].no_wrap, table.columns[0].max_width = True, WIDTH
    for row in scorecard_rows(records):
        table.add_row(*row)
    return table


def failed_words(baselines: Sequence[BaselineRecord]) -> list[str]:
    """Return a line for each baseline that broke off."""
    return [f"baseline {b.name} failed: {b.error}" for b in baselines if b.error]


def _cell(record: ComparedRecord | None) -> str:
    if record is None:
        return "·"
    value = show(METRICS[record.metric].dimension, record.baseline)
    return value if record.ratio is None else f"{value}\n{record.ratio:.3g} x"
