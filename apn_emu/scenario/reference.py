"""The reference in docs/scenario.md, from the models: `python -m apn_emu.scenario.reference FILE`.

Rewrites what stands after the marker line of FILE; the introduction before it is written by hand.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from apn_emu.measuring.workload import Workload
from apn_emu.results.expectations import OPERATORS, Expectation
from apn_emu.results.metrics import METRICS
from apn_emu.results.statistics import STATISTICS
from apn_emu.scenario.base import Model, field_by_key, marks_of
from apn_emu.scenario.baselines import Baseline
from apn_emu.scenario.control import Control
from apn_emu.scenario.events import EVENTS, Event
from apn_emu.scenario.infrastructure import Equipment, Site, Spectrum
from apn_emu.scenario.lightpaths import LIGHTPATHS, LightpathRequest
from apn_emu.scenario.places import Server
from apn_emu.scenario.quantities import Quantity, writer
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.workloads import WORKLOADS, model_of
from apn_emu.units import DIMENSIONS

MARKER = (
    "<!-- Made by `python -m apn_emu.scenario.reference docs/scenario.md`; edit the models. -->"
)

_NAMES: Mapping[Any, str] = {
    int: "whole number",
    float: "number",
    str: "text",
    bool: "`true` or `false`",
    Server: "server",
    Expectation: "expectation",
}

_LIMITS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def reference() -> str:
    """Return the reference as Markdown: every key of every model, every metric and unit."""
    return "\n".join(
        [
            _model("## Reference: a scenario", Scenario, Model),
            _model("### `sites`: each site", Site, Model),
            _kinds("lightpaths", LightpathRequest, LIGHTPATHS),
            _model("### `spectrum`", Spectrum, Model),
            _model("### `equipment`", Equipment, Model),
            _model("### `control`", Control, Model),
            _kinds("workloads", model_of(Workload), WORKLOADS),
            _kinds("events", Event, EVENTS),
            _model("### `baselines`", Baseline, Model),
            _expectations(),
            _units(),
        ]
    )


def rewritten(text: str) -> str:
    """Return the text with everything after the marker made anew."""
    introduction, marker, _ = text.partition(MARKER)
    if not marker:
        raise ValueError(f"the marker is missing: {MARKER}")
    return f"{introduction}{MARKER}\n\n{reference()}"


def _kinds(key: str, base: type[Model], models: Mapping[str, type[Model]]) -> str:
    names = ", ".join(f"`{kind}`" for kind in models)
    intro = f"### `{key}`\n\nEach entry has one of the keys {names}.\n"
    every = _model(f"#### Every entry of `{key}`", base, Model)
    return "\n".join(
        [intro, every, *(_model(f"#### `{kind}`", model, base) for kind, model in models.items())]
    )


def _model(heading: str, model: type[BaseModel], base: type[BaseModel]) -> str:
    """Return heading, docstring and keys of a model, without those that are as in `base`."""
    shared = field_by_key(base)
    rows = [
        (f"`{key}`", _words(field.annotation, field.metadata), _default(field), _meaning(field))
        for key, field in field_by_key(model).items()
        if key not in shared or _default(field) != _default(shared[key])
    ]
    text = "\n".join(line.strip() for line in (model.__doc__ or "").strip().splitlines())
    return f"{heading}\n\n{text}\n\n{_table(('key', 'value', 'default', 'meaning'), rows)}"


def _meaning(field: FieldInfo) -> str:
    return (field.description or "").replace("|", r"\|")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    value = field.default
    annotations = get_args(field.annotation) if isinstance(value, tuple) else [field.annotation]
    marks = [mark for item in annotations for mark in marks_of(item, field.metadata)]
    write = next((writer(m.dimension) for m in marks if isinstance(m, Quantity)), str)
    if isinstance(value, tuple) and value:
        return f"`[{', '.join(map(write, value))}]`"
    if write is not str and value is not None:
        return f"`{write(value)}`"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value in (None, (), {}, "") or isinstance(value, Model) else f"`{value}`"


def _words(annotation: Any, metadata: Iterable[Any]) -> str:
    """Return what kind of value a user writes."""
    marks = marks_of(annotation, metadata)
    for mark in marks:
        if isinstance(mark, Quantity):
            return mark.dimension.name
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _words(arguments[0], arguments[1:])
    if origin in (Union, UnionType):
        members = [member for member in arguments if member is not NoneType]
        limits = [mark for mark in marks if any(hasattr(mark, name) for name in _LIMITS)]
        return " or ".join(dict.fromkeys(_words(member, limits) for member in members))
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in arguments)
    if origin in (tuple, dict):
        return "list" if origin is tuple else "mapping"
    limits = [
        f"{words} {getattr(mark, name)}"
        for mark in marks
        for name, words in _LIMITS.items()
        if hasattr(mark, name)
    ]
    return ", ".join([_NAMES.get(annotation, "mapping"), *limits])


def _expectations() -> str:
    metrics = [
        (f"`{name}`", metric.dimension.name, metric.definition) for name, metric in METRICS.items()
    ]
    operators = ", ".join(f"`{name}`" for name in OPERATORS)
    statistics = ", ".join(f"`{name}`" for name in STATISTICS)
    return (
        "### `expect`\n\nEach entry is `METRIC.STATISTIC OPERATOR QUANTITY`, narrowed to a pair by "
        "`METRIC.STATISTIC[FROM->TO]`; an end is a site, `site/number` or `*`. An expectation "
        "whose metric was never measured fails.\n\n"
        f"Statistics over all samples: {statistics}. Operators: {operators}.\n\n"
        f"{_table(('metric', 'dimension', 'meaning'), metrics)}"
    )


def _units() -> str:
    rows = [
        (dimension.name, ", ".join(f"`{unit}`" for unit in dimension.units if unit))
        for dimension in DIMENSIONS
    ]
    return f"### Units\n\n{_table(('quantity', 'units'), rows)}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    file = Path(sys.argv[1])
    file.write_text(rewritten(file.read_text("utf-8")), "utf-8")
