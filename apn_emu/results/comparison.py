"""What the same workloads measured on other networks, beside the all-photonic one. Pure."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from apn_emu.planning.steady import unlabelled
from apn_emu.results.measurements import Measurement

APN = "apn"
"""Name of the network that is compared with the baselines."""


@dataclass(frozen=True)
class ComparedRecord:
    """The median of a metric of one workload on both networks, in the metric's SI unit.

    `ratio` is that of the baseline over the APN; None where the APN's is 0 (no loss, say).
    """

    kind: str
    metric: str
    apn: float
    baseline: float
    ratio: float | None


@dataclass(frozen=True)
class BaselineRecord:
    """A baseline: what it is, what was measured on it, or the error that ended it."""

    name: str
    parameters: Mapping[str, Any]
    error: str
    compared: tuple[ComparedRecord, ...]
    wall_seconds: float | None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BaselineRecord:
        """Return the record of an entry of result.json."""
        compared = tuple(ComparedRecord(**record) for record in data["compared"])
        return cls(**{**data, "compared": compared})


def medians(measurements: Iterable[Measurement]) -> dict[tuple[str, str], float]:
    """Return the median (SI) of each workload and metric, sorted by both.

    Streams that are not steady on one network are compared with steady ones on the other.
    """
    values: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for sample in measurements:
        values[unlabelled(sample.kind), sample.metric].append(sample.value_si)
    return {key: statistics.median(values[key]) for key in sorted(values)}


def compare(
    apn: Iterable[Measurement], baseline: Iterable[Measurement]
) -> tuple[ComparedRecord, ...]:
    """Return what both networks measured, side by side."""
    here, there = medians(apn), medians(baseline)
    return tuple(
        ComparedRecord(*key, value, there[key], there[key] / value if value else None)
        for key, value in here.items()
        if key in there
    )
