"""Pydantic types of quantities: written with a unit, held in SI units, written back exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer

from apn_emu import units
from apn_emu.scenario.base import problem
from apn_emu.units import Dimension


@dataclass(frozen=True, eq=False)
class Quantity:
    """Marks a field as a quantity of this dimension, for the reference in docs/scenario.md."""

    dimension: Dimension


def parser(dimension: Dimension) -> Callable[[object], float]:
    """Return the function that reads a quantity; it raises an error saying what is right."""

    def parse(value: object) -> float:
        number = units.parse(
            dimension, value if isinstance(value, str | int | float) else str(value)
        )
        if not math.isfinite(number):
            raise problem(f"{value!r} is too large", f"write it like {dimension.example}")
        return number

    return parse


def writer(dimension: Dimension) -> Callable[[float], str]:
    """Return the function that writes a quantity such that it is read back as the same number."""

    base_unit = next(unit for unit, factor in dimension.units.items() if factor == 1.0)

    def write(value: float) -> str:
        exact = (
            text
            for unit, factor in dimension.units.items()
            if units.parse(dimension, text := f"{value / factor:.15g} {unit}".strip()) == value
        )
        return min(exact, key=len, default=f"{value!r} {base_unit}")

    return write


def _whole_bytes(value: object) -> int:
    size_byte = parser(units.SIZE)(value)
    if size_byte != int(size_byte):
        raise problem(f"{value!r} is not a whole number of bytes", "write it like 64 MB")
    return int(size_byte)


YEAR_S = 365 * 86400.0
MAX_DURATION_S = 10 * YEAR_S
"""Nanoseconds of longer times, and sums of them, do not fit where programs count them."""


def at_most(limit_s: float, written: str) -> AfterValidator:
    """Return the validator that refuses longer times; `written` is the limit in words."""

    def check(value_s: float | None) -> float | None:
        if value_s is not None and value_s > limit_s:
            raise problem(
                f"{writer(units.DURATION)(value_s)} is too long", f"it is at most {written}"
            )
        return value_s

    return AfterValidator(check)


Rate = Annotated[
    float,
    BeforeValidator(parser(units.RATE)),
    Field(gt=0),
    PlainSerializer(writer(units.RATE)),
    Quantity(units.RATE),
]
"""Bit rate in bit/s."""

PortRate = Annotated[Rate, Field(ge=1e6)]
"""Bit rate of a port: one packet of 9000 bytes takes 72 ms at 1 Mbit/s. The bound is an
assumption: nothing slower joins data centres."""

Duration = Annotated[
    float,
    BeforeValidator(parser(units.DURATION)),
    Field(ge=0),
    at_most(MAX_DURATION_S, "10 years"),
    PlainSerializer(writer(units.DURATION)),
    Quantity(units.DURATION),
]
"""Time in seconds, 0 allowed, 10 years at most."""

Period = Annotated[Duration, Field(gt=0)]
"""Time in seconds, above 0."""

Size = Annotated[
    int,
    BeforeValidator(_whole_bytes),
    Field(gt=0),
    PlainSerializer(writer(units.SIZE)),
    Quantity(units.SIZE),
]
"""Size in bytes."""

Fraction = Annotated[
    float,
    BeforeValidator(parser(units.FRACTION)),
    Field(ge=0, le=1),
    PlainSerializer(writer(units.FRACTION)),
    Quantity(units.FRACTION),
]
"""Part of a whole, 0 to 1."""

Frequency = Annotated[
    float,
    BeforeValidator(parser(units.FREQUENCY)),
    Field(gt=0),
    PlainSerializer(writer(units.FREQUENCY)),
    Quantity(units.FREQUENCY),
]
"""Frequency or spectral width in Hz."""

Loss = Annotated[
    float,
    BeforeValidator(parser(units.DECIBEL)),
    Field(gt=0),
    PlainSerializer(writer(units.DECIBEL)),
    Quantity(units.DECIBEL),
]
"""Optical loss in dB."""

Length = Annotated[
    float,
    BeforeValidator(parser(units.LENGTH)),
    Field(ge=0),
    PlainSerializer(writer(units.LENGTH)),
    Quantity(units.LENGTH),
]
"""Length in metres, 0 allowed."""
