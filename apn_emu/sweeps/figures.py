"""Plots of a sweep: each metric over each axis whose values are numbers or quantities. Pure."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from apn_emu import units
from apn_emu.results.chart import Curve, line_chart
from apn_emu.results.chart import Point as Dot
from apn_emu.results.metrics import METRICS
from apn_emu.scenario.overriding import words
from apn_emu.sweeps.axes import SEED, Axis
from apn_emu.sweeps.record import SweepResult
from apn_emu.units import DURATION, FRACTION, RATE, Dimension

MOST_CURVES = 7
"""As many as there are colours; of more combinations of the other axes, some from first to last."""

LOG_FROM = 50
"""Ratio of the largest to the smallest value from which a scale is logarithmic."""

_SHOWN = {RATE.name: ("Gbit/s", 1e9), DURATION.name: ("ms", 1e-3), FRACTION.name: ("%", 1e-2)}


def figures(sweep: SweepResult) -> dict[str, str]:
    """Return SVG documents by name, like `iperf3-throughput-by-distance_km`.

    A dot is the mean of all samples, its line reaches from the smallest to the largest.
    """
    axes = [axis for axis in sweep.axes if axis.key != SEED and len(axis.values) > 1]
    drawn = {}
    for axis in axes:
        scale = _numbers(axis)
        if scale is None:
            continue
        label, x_of = scale
        others = [other for other in axes if other is not axis]
        curves = _curves(sweep, axis, others, x_of)
        for kind, metric in sorted(curves):
            drawn[f"{kind}-{metric}-by-{axis.key}".replace("/", "_")] = _figure(
                sweep.name, kind, metric, label, curves[kind, metric]
            )
    return drawn


def _curves(
    sweep: SweepResult, axis: Axis, others: list[Axis], x_of: Mapping[str, float]
) -> dict[tuple[str, str], dict[str, dict[float, list[float]]]]:
    """Return by workload and metric: name of the curve -> x -> samples."""
    chosen = _spread(list(itertools.product(*(other.values for other in others))))
    found: dict[tuple[str, str], dict[str, dict[float, list[float]]]] = defaultdict(
        lambda: defaultdict(lambda: defaultdict(list))
    )
    for record in sweep.points:
        values = record.point.values
        if tuple(values[other.key] for other in others) not in chosen:
            continue
        names = [f"{other.key} {words(values[other.key])}" for other in others]
        name = ", ".join(names) or "all seeds"
        x = x_of[words(values[axis.key])]
        for sample in record.result.measurements if record.result else ():
            found[sample.kind, sample.metric][name][x].append(sample.value_si)
    return found


def _spread(combinations: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return the combinations that are drawn: all, or as many as can be, evenly spread."""
    last, most = len(combinations) - 1, min(MOST_CURVES, len(combinations))
    return [combinations[round(last * n / max(most - 1, 1))] for n in range(most)]


def _figure(
    name: str,
    kind: str,
    metric: str,
    label: str,
    samples: Mapping[str, Mapping[float, list[float]]],
) -> str:
    dimension = METRICS[metric].dimension
    unit, factor = _shown(dimension)
    curves = [Curve(curve, tuple(_dots(by_x, factor))) for curve, by_x in samples.items()]
    xs = [dot.x for curve in curves for dot in curve.points]
    ys = [dot.y for curve in curves for dot in curve.points]
    y_label = f"{metric} ({unit})" if unit != "1" else metric
    title = f"{name}: {metric} ({kind})"
    return line_chart(curves, title, label, y_label, log_y=_wide(ys), log_x=_wide(xs))


def _wide(values: list[float]) -> bool:
    """Return whether values are for a logarithmic scale."""
    return min(values) > 0 and max(values) / min(values) >= LOG_FROM


def _shown(dimension: Dimension) -> tuple[str, float]:
    """Return the unit of a figure and its value in SI units."""
    return _SHOWN.get(dimension.name, (dimension.si_unit, 1.0))


def _dots(by_x: Mapping[float, list[float]], factor: float) -> Iterator[Dot]:
    for x in sorted(by_x):
        ys = [y / factor for y in by_x[x]]
        yield Dot(x, statistics.fmean(ys), min(ys), max(ys))


def _numbers(axis: Axis) -> tuple[str, dict[str, float]] | None:
    """Return the label and each value's place on the axis, None if they are no numbers."""
    values = axis.values
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return axis.key, {words(value): float(value) for value in values}
    for dimension in units.DIMENSIONS:
        unit, factor = _shown(dimension)
        try:
            places = {words(v): units.parse(dimension, str(v)) / factor for v in values}
        except units.QuantityError:
            continue
        return f"{axis.key} ({unit})", places
    return None
