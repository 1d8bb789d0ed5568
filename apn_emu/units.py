"""Quantities as people write them ("400G", "20 ms", "1.5 km") to SI numbers and back.

A bare number is taken only where a unit is plain from the key; a wrong unit is an error, never a
guess: `parse(Rate, "20 ms")` raises `QuantityError` and says which units fit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_NUMBER = re.compile(r"\s*([+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*([^\s\d].*?)?\s*")


@dataclass(frozen=True)
class Dimension:
    """A physical dimension: its name, its SI unit and the units that a user may write."""

    name: str
    si_unit: str
    units: Mapping[str, float]
    example: str


class QuantityError(ValueError):
    """A text is no quantity of the dimension; `remedy` says what would be."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message}; {remedy}")
        self.message = message
        self.remedy = remedy


def _scaled(unit: str, prefixes: str = "kMGT", base: float = 1.0) -> dict[str, float]:
    factors = {"": 1.0, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12}
    return {prefix + unit: base * factors[prefix] for prefix in ["", *prefixes]}


RATE = Dimension(
    "rate",
    "bit/s",
    {**_scaled("bit/s"), **_scaled("bps"), "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12},
    "400G or 400 Gbit/s",
)
DURATION = Dimension(
    "duration",
    "s",
    {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
    | {"d": 86400.0},
    "20 ms or 2 s",
)
LENGTH = Dimension("length", "m", {"m": 1.0, "km": 1e3}, "98 km")
SIZE = Dimension(
    "size",
    "byte",
    {**_scaled("B"), "KB": 1e3, "KiB": 1024.0, "MiB": 1024.0**2, "GiB": 1024.0**3},
    "64 MB or 512 KiB",
)
FREQUENCY = Dimension("frequency", "Hz", _scaled("Hz"), "50 GHz")
FRACTION = Dimension("fraction", "1", {"": 1.0, "%": 0.01}, "2 % or 0.02")
DECIBEL = Dimension("ratio", "dB", {"dB": 1.0}, "3 dB")
DIMENSIONS = (RATE, DURATION, LENGTH, SIZE, FREQUENCY, FRACTION, DECIBEL)


def parse(dimension: Dimension, text: str | float) -> float:
    """Return `text` in the dimension's SI unit; raise `QuantityError` that says what is right."""
    wrong = f"{text!r} is not a {dimension.name}"
    right = f"write it like {dimension.example}"
    match = _NUMBER.fullmatch(str(text)) if not isinstance(text, bool) else None
    if match is None:
        raise QuantityError(wrong, right)
    number, unit = float(match[1]), match[2] or ""
    if unit not in dimension.units:
        known = ", ".join(u for u in dimension.units if u)
        what = f"unit {unit!r} does not fit" if unit else "the unit is missing"
        raise QuantityError(f"{wrong}: {what} (known: {known})", right)
    return number * dimension.units[unit]


def _with_prefix(value: float, unit: str) -> str:
    for factor, prefix in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= factor:
            return f"{value / factor:.4g} {prefix}{unit}"
    return f"{value:.4g} {unit}"


def format_rate(rate_bps: float) -> str:
    """Return a bit rate with the prefix that people use, e.g. `97.9 Gbit/s`."""
    return _with_prefix(rate_bps, "bit/s")


def format_bytes(size_byte: float) -> str:
    """Return a size with the prefix that people use, e.g. `85.3 GB`."""
    return _with_prefix(size_byte, "B")


def format_duration(duration_s: float) -> str:
    """Return a duration with the unit that people use, e.g. `0.981 ms`."""
    if duration_s == 0:
        return "0 s"
    for factor, unit in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"), (1e-9, "ns")):
        if abs(duration_s) >= factor:
            return f"{duration_s / factor:.4g} {unit}"
    return f"{duration_s / 1e-9:.4g} ns"


def format_size(size_byte: int) -> str:
    """Return a size in the largest unit that makes it a whole number, e.g. `16MB` or `4KiB`."""
    units = sorted(SIZE.units.items(), key=lambda unit: -unit[1])
    fitting = (unit for unit in units if unit[0][0] != "k" and size_byte % unit[1] == 0)
    unit, factor = next(fitting)
    return f"{size_byte // int(factor)}{unit}"
