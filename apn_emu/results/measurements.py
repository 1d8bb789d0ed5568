"""Measurements as tidy records, and their CSV: one sample a row, the same bytes for equal runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from apn_emu.results.metrics import METRICS


@dataclass(frozen=True)
class Measurement:
    """One sample: `metric` from `source` to `destination` (`site/number`, or the site
    for its first server).

    `kind` is the workload's name (`ping`, `iperf3`, a command's). `unit` is the metric's SI unit
    or another unit of its dimension.
    """

    kind: str
    source: str
    destination: str
    metric: str
    value: float
    unit: str

    def __post_init__(self) -> None:
        """Refuse a metric or a unit that nothing else would understand."""
        if self.metric not in METRICS:
            raise ValueError(f"there is no metric {self.metric!r}")
        dimension = METRICS[self.metric].dimension
        if self.unit != dimension.si_unit and self.unit not in dimension.units:
            raise ValueError(f"{self.unit!r} is not a unit of {self.metric}")

    @property
    def value_si(self) -> float:
        """The value in the SI unit of the metric's dimension."""
        dimension = METRICS[self.metric].dimension
        if self.unit == dimension.si_unit:
            return self.value
        return self.value * dimension.units[self.unit]

    def to_dict(self) -> dict[str, object]:
        """Return the record that stands in result.json."""
        return asdict(self)


COLUMNS = tuple(field.name for field in fields(Measurement))


def format_number(value: float) -> str:
    """Return the shortest text that is read back as the same number, whole numbers without `.0`."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return repr(value)


def in_order(measurements: Iterable[Measurement]) -> list[Measurement]:
    """Return the measurements by workload, metric, source and destination, samples as taken."""
    return sorted(measurements, key=lambda m: (m.kind, m.metric, m.source, m.destination))


def to_csv(measurements: Iterable[Measurement]) -> str:
    """Return `kind,source,destination,metric,value,unit` and a row for each sample."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for m in in_order(measurements):
        row = (m.kind, m.source, m.destination, m.metric, format_number(m.value), m.unit)
        writer.writerow(row)
    return text.getvalue()
