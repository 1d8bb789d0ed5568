"""Curves with error bars over a linear or logarithmic scale, as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.results.svg import COLOURS, GREY, LIGHT, Svg

_WIDTH, _HEIGHT = 640, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 20, 40, 52


@dataclass(frozen=True)
class Point:
    """A value at `x`, with the interval it lies in."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True)
class Curve:
    """Points that belong together, by x."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Mark:
    """A place on the x axis to point out, in words."""

    x: float
    word: str


@dataclass(frozen=True)
class _Scale:
    """Maps values to pixels; `log` by decades."""

    low: float
    high: float
    begin: float
    end: float
    log: bool = False

    def __call__(self, value: float) -> float:
        value = max(value, self.low)
        if self.log:
            share = math.log10(value / self.low) / math.log10(self.high / self.low)
        else:
            share = (value - self.low) / (self.high - self.low)
        return self.begin + share * (self.end - self.begin)


def line_chart(
    curves: Sequence[Curve],
    title: str,
    x_label: str,
    y_label: str,
    log_y: bool = False,
    log_x: bool = False,
    dots: bool = True,
    marks: Sequence[Mark] = (),
) -> str:
    """Return the curves as an SVG document, with a dot at each point unless there are too many.

    A logarithmic scale of y starts at the decade below the smallest positive value; what is 0 then
    lies on its edge. One of x needs values above 0. Raises `ValueError` when there is no point.
    """
    points = [point for curve in curves for point in curve.points]
    if not points:
        raise ValueError("a chart needs a point")
    legend = 30 + 7 * max(len(curve.name) for curve in curves)
    svg = Svg(_WIDTH + legend, _HEIGHT, title)
    x = _x_scale([point.x for point in points], log_x)
    y = _y_scale(points, log_y)
    svg.text(_LEFT, 24, title, size=15)
    for tick in _y_ticks(y):
        svg.line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), LIGHT)
        svg.text(_LEFT - 8, y(tick) + 4, f"{tick:g}", "end", 11, GREY)
    for tick in _x_ticks(x):
        svg.line(x(tick), _HEIGHT - _BOTTOM, x(tick), _HEIGHT - _BOTTOM + 5)
        svg.text(x(tick), _HEIGHT - _BOTTOM + 18, f"{tick:g}", "middle", 11, GREY)
    svg.line(_LEFT, _HEIGHT - _BOTTOM, _WIDTH - _RIGHT, _HEIGHT - _BOTTOM)
    svg.text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 12, x_label, "middle")
    svg.text(18, (_TOP + _HEIGHT - _BOTTOM) / 2, y_label, "middle", turned=True)
    for mark in marks:
        svg.line(x(mark.x), _TOP, x(mark.x), _HEIGHT - _BOTTOM, GREY)
        svg.text(x(mark.x) - 4, _HEIGHT - _BOTTOM - 4, mark.word, size=10, colour=GREY, turned=True)
    for number, curve in enumerate(curves):
        colour = COLOURS[number % len(COLOURS)]
        for point in curve.points if dots else ():
            svg.line(x(point.x), y(point.low), x(point.x), y(point.high), colour)
            tip = f"{curve.name}: {point.y:.4g} ({point.low:.3g} to {point.high:.3g})"
            svg.circle(x(point.x), y(point.y), 3.5, colour, tip)
        svg.polyline([(x(point.x), y(point.y)) for point in curve.points], colour)
        svg.rect(_WIDTH - 10, _TOP + 8 + 18 * number, 14, 4, colour)
        svg.text(_WIDTH + 10, _TOP + 14 + 18 * number, curve.name)
    return svg.to_text()


def _x_scale(xs: Sequence[float], log: bool) -> _Scale:
    low, high = min(xs), max(xs)
    ends = (low / 1.2, high * 1.2) if log else _padded(low, high)
    return _Scale(*ends, _LEFT, _WIDTH - _RIGHT, log)


def _x_ticks(scale: _Scale) -> list[float]:
    """Return round values: of a logarithmic scale the decades, and 2 and 5 where there is room."""
    if not scale.log:
        return round_steps(scale.low, scale.high)
    first, last = math.floor(math.log10(scale.low)), math.ceil(math.log10(scale.high))
    factors = (1, 2, 5) if last - first <= 4 else (1,)
    ticks = [factor * 10.0**decade for decade in range(first, last + 1) for factor in factors]
    return [tick for tick in ticks if scale.low <= tick <= scale.high]


def _y_scale(points: Sequence[Point], log: bool) -> _Scale:
    high = max(point.high for point in points)
    if not log:
        return _Scale(0.0, 1.05 * high or 1.0, _HEIGHT - _BOTTOM, _TOP)
    positive = [value for point in points for value in (point.y, point.low) if value > 0]
    low_decade = math.floor(math.log10(min(positive, default=0.1)))
    high_decade = max(math.ceil(math.log10(high or 1.0)), low_decade + 1)
    return _Scale(10.0**low_decade, 10.0**high_decade, _HEIGHT - _BOTTOM, _TOP, log=True)


def _y_ticks(scale: _Scale) -> list[float]:
    if not scale.log:
        return round_steps(scale.low, scale.high)
    decades = range(round(math.log10(scale.low)), round(math.log10(scale.high)) + 1)
    return [10.0**decade for decade in decades]


def _padded(low: float, high: float) -> tuple[float, float]:
    margin = 0.04 * (high - low) or 0.5 * abs(high) or 1.0
    return low - margin, high + margin


def round_steps(low: float, high: float) -> list[float]:
    """Return about six round values between the ends, for the ticks of a scale."""
    rough = (high - low) / 6
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    first = math.ceil(low / step)
    return [round(step * n, 12) for n in range(first, math.floor(high / step) + 1)]
