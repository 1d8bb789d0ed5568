"""The tidy table of a sweep: a column for each axis, then those of measurements.csv. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from apn_emu.errors import MachineError
from apn_emu.results.comparison import APN, medians
from apn_emu.results.measurements import COLUMNS, in_order
from apn_emu.results.metrics import METRICS
from apn_emu.results.result import Result
from apn_emu.scenario.overriding import words
from apn_emu.sweeps.record import SweepResult


def to_csv(sweep: SweepResult) -> str:
    """Return one sample a row, in the order of the points: the same bytes for equal sweeps."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_columns(sweep))
    writer.writerows([words(value) for value in row] for row in _rows(sweep))
    return text.getvalue()


def networks_csv(sweep: SweepResult) -> str:
    """Return the median of each workload and metric on the APN and on each baseline, in SI units.

    Empty for a sweep without baselines.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    keys = [axis.key for axis in sweep.axes]
    writer.writerow([*keys, "network", "kind", "metric", "value", "unit"])
    rows = [
        [*record.point.columns.values(), *row]
        for record in sweep.points
        if record.result
        for row in _networks(record.result)
    ]
    writer.writerows([words(value) for value in row] for row in rows)
    return text.getvalue() if rows else ""


def _networks(result: Result) -> Iterator[tuple[str, str, str, float, str]]:
    if not result.baselines:
        return
    for (kind, metric), value in medians(result.measurements).items():
        yield APN, kind, metric, value, METRICS[metric].dimension.si_unit
    for baseline in result.baselines:
        for record in baseline.compared:
            unit = METRICS[record.metric].dimension.si_unit
            yield baseline.name, record.kind, record.metric, record.baseline, unit


def to_parquet(sweep: SweepResult) -> bytes:
    """Return the same table as Apache Parquet; numbers stay numbers.

    Raises `MachineError` where pyarrow is not installed.
    """
    try:
        pyarrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    except ImportError as error:
        message = "pyarrow is not installed; install it with: pip install 'apn-emu[parquet]'"
        raise MachineError(message) from error
    columns = _columns(sweep)
    cells = list(zip(*_rows(sweep), strict=True)) or [() for _ in columns]
    plain = [_of_one_type(values) for values in cells]
    stream = io.BytesIO()
    parquet.write_table(pyarrow.table(dict(zip(columns, plain, strict=True))), stream)
    return stream.getvalue()


def frame(sweep: SweepResult) -> Any:
    """Return the same table as a `pandas.DataFrame`; raise `MachineError` without pandas."""
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        message = "pandas is not installed; install it with: pip install pandas"
        raise MachineError(message) from error
    return pandas.DataFrame(list(_rows(sweep)), columns=_columns(sweep))


def _columns(sweep: SweepResult) -> list[str]:
    return [*(axis.key for axis in sweep.axes), *COLUMNS]


def _rows(sweep: SweepResult) -> Iterator[list[Any]]:
    for record in sweep.points:
        for sample in in_order(record.result.measurements) if record.result else ():
            cells = sample.to_dict()
            yield [*record.point.columns.values(), *(cells[name] for name in COLUMNS)]


def _of_one_type(values: tuple[Any, ...]) -> list[Any]:
    """Return the values of a column, as text unless all are numbers: a column has one type."""
    numbers = all(isinstance(value, int | float) for value in values)
    return list(values) if numbers else [words(value) for value in values]
