"""The language of `expect:`: `METRIC.STAT[SOURCE->DESTINATION] OP QUANTITY`.

    rtt.max < 1 ms
    throughput.min > 380 Gbit/s
    rtt.max[tokyo->chiba] < 0.5 ms
    throughput.mean[tokyo->*] >= 90 Gbit/s

An expectation whose metric was never measured fails, and says so.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass

from apn_emu import units
from apn_emu.network.building import nearest
from apn_emu.results.measurements import Measurement
from apn_emu.results.metric import COUNT
from apn_emu.results.metrics import METRICS
from apn_emu.results.statistics import STATISTICS
from apn_emu.units import Dimension

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}

_SHAPE = re.compile(
    r"\s*(?P<metric>\w+)\s*\.\s*(?P<statistic>\w+(?:\.\d+)?)\s*"
    r"(?:\[\s*(?P<source>[^\s\[\]]+?)\s*->\s*(?P<destination>[^\s\[\]]+?)\s*\]\s*)?"
    r"(?P<operator>[<>=!]=?)\s*(?P<limit>[^<>=!]+?)\s*"
)
_EXAMPLE = "write it like `rtt.max < 1 ms` or `throughput.min[tokyo->chiba] > 90 Gbit/s`"
ANY = "*"


class ExpectationError(ValueError):
    """An expectation cannot be read; `remedy` says what would be right."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True)
class Expectation:
    """One line of `expect:`. `limit` is in the SI unit of the statistic's dimension."""

    text: str
    metric: str
    statistic: str
    operator: str
    limit: float
    source: str = ANY
    destination: str = ANY

    @property
    def dimension(self) -> Dimension:
        """Dimension of the statistic: that of the metric, but a count has none."""
        return COUNT if self.statistic == "count" else METRICS[self.metric].dimension


@dataclass(frozen=True)
class Verdict:
    """An expectation beside what was measured; `measured` (SI) is None if nothing was.

    `note` says why, or how few samples a percentile is of.
    """

    text: str
    measured: float | None
    unit: str
    met: bool
    note: str = ""

    def to_dict(self) -> dict[str, object]:
        """Return the record that stands in result.json."""
        return asdict(self)


def parse_expectation(text: str) -> Expectation:
    """Return the expectation; raise `ExpectationError` that names the known metrics or units."""
    match = _SHAPE.fullmatch(text)
    if match is None or match["operator"] not in OPERATORS:
        raise ExpectationError(f"{text!r} is not an expectation", _EXAMPLE)
    metric, statistic = match["metric"], match["statistic"]
    if metric not in METRICS:
        raise ExpectationError(f"there is no metric {metric!r}", nearest(metric, METRICS))
    if statistic not in STATISTICS:
        raise ExpectationError(
            f"there is no statistic {statistic!r}", nearest(statistic, STATISTICS)
        )
    dimension = COUNT if statistic == "count" else METRICS[metric].dimension
    try:
        limit = units.parse(dimension, match["limit"])
    except units.QuantityError as error:
        raise ExpectationError(error.message, error.remedy) from error
    return Expectation(
        text=" ".join(text.split()),
        metric=metric,
        statistic=statistic,
        operator=match["operator"],
        limit=limit,
        source=match["source"] or ANY,
        destination=match["destination"] or ANY,
    )


def judge(expectation: Expectation, measurements: Iterable[Measurement]) -> Verdict:
    """Return whether the measurements meet the expectation, and the value that decided."""
    unit = expectation.dimension.si_unit
    of_metric = [m for m in measurements if m.metric == expectation.metric]
    values = [m.value_si for m in of_metric if _concerns(expectation, m)]
    if not values:
        note = f"{expectation.metric} was never measured"
        if of_metric:
            note += f" from {expectation.source} to {expectation.destination}"
        return Verdict(expectation.text, None, unit, False, note)
    measured = STATISTICS[expectation.statistic](values)
    met = OPERATORS[expectation.operator](measured, expectation.limit)
    return Verdict(expectation.text, measured, unit, met, _few(expectation.statistic, len(values)))


def _few(statistic: str, samples: int) -> str:
    """Say so if less than one sample is beyond a high percentile: it is all but the greatest."""
    needed = {"p99": 100, "p99.9": 1000}.get(statistic, 0)
    return f"{samples} samples" if samples < needed else ""


def _concerns(expectation: Expectation, measurement: Measurement) -> bool:
    wanted = (expectation.source, expectation.destination)
    ends = (measurement.source, measurement.destination)
    ways = [ends, ends[::-1]] if METRICS[measurement.metric].symmetric else [ends]
    return any(all(map(_covers, wanted, way)) for way in ways)


def _covers(wanted: str, end: str) -> bool:
    """Return whether `wanted` (`*`, a site or `site/number`) names the measured end.

    A measured site without a number is its first server.
    """
    return wanted in (ANY, end) or wanted == f"{end}/1" or end.startswith(f"{wanted}/")
