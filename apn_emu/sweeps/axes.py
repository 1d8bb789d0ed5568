"""The points of a sweep: every combination of the values of its axes. Pure."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apn_emu.documents import parse_value
from apn_emu.errors import InputError, Problem
from apn_emu.results.measurements import COLUMNS
from apn_emu.scenario.overriding import override_text, place_of, words
from apn_emu.scenario.parameters import KEY, used_parameters
from apn_emu.scenario.schema import Scenario

SEED = "seed"
MOST_POINTS = 100_000
"""A sweep of more points is a mistake in the axes: on one core it would take two weeks."""


@dataclass(frozen=True)
class Axis:
    """A key as `--set` takes it, and the values that it gets."""

    key: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Point:
    """One combination; `number` counts from 1 and `values` are by key, the seed left out."""

    number: int
    values: Mapping[str, Any] = field(hash=False)
    seed: int

    @property
    def label(self) -> str:
        """The combination in words, e.g. `distance_km=10 rate=100G seed=1`."""
        return " ".join(f"{key}={words(value)}" for key, value in self.columns.items())

    @property
    def columns(self) -> dict[str, Any]:
        """All values by key, the seed last."""
        return {**self.values, SEED: self.seed}

    @property
    def overrides(self) -> list[str]:
        """The values as `--set` takes them."""
        return [override_text(key, value) for key, value in self.columns.items()]


def parse_axes(texts: Iterable[str]) -> list[Axis]:
    """Return the axes of `key=value,value,...` texts; a value is YAML, so `[a, b]` is one value.

    Raises `InputError` with every text that is none.
    """
    axes: list[Axis] = []
    problems: list[Problem] = []
    for text in texts:
        key, equals, values = text.partition("=")
        key, name = key.strip(), f"--set {text}"
        if not equals or not key:
            remedy = "write it like distance_km=1,10,100"
            problems.append(Problem(name, None, None, "not KEY=VALUE,...", remedy))
            continue
        try:
            axes.append(Axis(key, tuple(parse_value(f"[{values}]")) or ("",)))
        except ValueError as error:
            problems.append(Problem(name, None, key, str(error)))
    if problems:
        raise InputError(problems)
    return axes


def axes_of(scenario: Scenario, given: Sequence[Axis], seeds: int | None = None) -> list[Axis]:
    """Return the axes of the scenario's `sweep`, replaced and followed by those given.

    The last axis is the seed: `seeds` of them from the scenario's own on, else as an axis says,
    else the scenario's own. Raises `InputError` with every axis that is there twice, has no values
    or one of them twice, has the name of a column, or is a parameter that nothing uses.
    """
    template = dict(scenario.source.template)
    axes = {tuple(place_of(template, key)): Axis(key, v) for key, v in scenario.sweep.items()}
    axes.update({tuple(place_of(template, axis.key)): axis for axis in given})
    seed = axes.pop((SEED,), Axis(SEED, (scenario.seed,)))
    if seeds is not None:
        seed = Axis(SEED, tuple(range(scenario.seed, scenario.seed + seeds)))
    problems = [*_twice(given, template), *_unusable([*axes.values(), seed], template)]
    if problems:
        raise InputError(problems)
    return [*axes.values(), seed]


def points_of(axes: Sequence[Axis]) -> list[Point]:
    """Return every combination, the last axis (the seed) varying fastest."""
    count = math.prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        raise InputError(f"the sweep has {count} points; at most {MOST_POINTS} are run")
    keys = [axis.key for axis in axes[:-1]]
    return [
        Point(number, dict(zip(keys, values, strict=True)), seed)
        for number, (*values, seed) in enumerate(
            itertools.product(*(axis.values for axis in axes)), start=1
        )
    ]


def _twice(given: Sequence[Axis], template: dict[str, Any]) -> Iterator[Problem]:
    """Yield the axes that are there twice, by whatever name."""
    places = [tuple(place_of(template, axis.key)) for axis in given]
    for number, (axis, place) in enumerate(zip(given, places, strict=True)):
        if place in places[:number]:
            remedy = "give all its values in one"
            yield Problem(f"--set {axis.key}", None, axis.key, "the axis is there twice", remedy)


def _unusable(axes: Sequence[Axis], template: dict[str, Any]) -> Iterator[Problem]:
    used = used_parameters(template)
    for axis in axes:
        place = place_of(template, axis.key)
        if not axis.values:
            yield Problem(None, None, axis.key, "the axis has no values", "list them")
        for value, count in Counter(map(words, axis.values)).items():
            if count > 1:
                message = f"the value {value} is there twice"
                yield Problem(None, None, axis.key, message, "leave one out, or use --seeds")
        if axis.key in COLUMNS:
            message = f"the table has a column {axis.key!r} of its own"
            yield Problem(None, None, axis.key, message, "rename the parameter")
        if place[0] == KEY and place[1] not in used:
            message = f"nothing in the scenario uses the parameter {place[1]!r}"
            yield Problem(None, None, axis.key, message, f"write ${place[1]} where it counts")
        seeds = [value for value in axis.values if axis.key == SEED and not isinstance(value, int)]
        if seeds:
            yield Problem(None, None, SEED, f"{seeds[0]!r} is no seed", "write whole numbers")
