"""Statistics over the samples of one metric."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the percentile by linear interpolation, type 7 of Hyndman and Fan (1996), as numpy.

    `values` need not be sorted; there must be one at least, else `ValueError`.
    """
    if not values:
        raise ValueError("no percentile of nothing")
    ordered = sorted(values)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    fraction = place - below
    return ordered[below] + (ordered[above] - ordered[below]) * fraction


STATISTICS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "max": max,
    "mean": lambda values: math.fsum(values) / len(values),
    "p50": lambda values: percentile(values, 50),
    "p99": lambda values: percentile(values, 99),
    "p99.9": lambda values: percentile(values, 99.9),
    "sum": math.fsum,
    "count": len,
}
