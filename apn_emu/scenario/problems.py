"""From pydantic's errors to problems with file, line, key and remedy."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from apn_emu.documents import Loc
from apn_emu.errors import Problem
from apn_emu.network.building import nearest
from apn_emu.results.measurements import format_number
from apn_emu.scenario.base import field_by_key, marks_of, model_at
from apn_emu.scenario.quantities import Quantity, writer
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.source import Source
from apn_emu.units import RATE, format_rate

_TYPES = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
}

_REMEDIES = {"tuple_type": "begin each entry with `- `"}

_LIMITS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}


def problems_of(error: ValidationError, data: object, source: Source) -> list[Problem]:
    """Return a problem for each error that pydantic found in `data`, in the order of the file."""
    details = error.errors(include_url=False)
    wrong_items = {detail["loc"][:-1] for detail in details}
    problems = [
        _problem(detail, data, source)
        for detail in details
        if detail["type"] != "too_short" or detail["loc"] not in wrong_items
    ]
    return sorted(set(problems), key=lambda p: (p.line is None, p.line or 0, p.key or ""))


def _problem(detail: ErrorDetails, data: object, source: Source) -> Problem:
    loc, written = _written(detail["loc"], data)
    if detail["type"] == "missing":
        loc = (*loc, detail["loc"][-1])
    message, remedy = _words(detail, written, loc, data)
    return source.where(*loc).problem(message, remedy)


def _written(loc: Loc, data: Any) -> tuple[Loc, Any]:
    """Return `loc` without the names that pydantic adds for unions, and the value that is there."""
    path: list[str | int] = []
    for part in loc:
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            continue
        path.append(part)
    return tuple(path), data


def _words(detail: ErrorDetails, value: Any, loc: Loc, data: Any) -> tuple[str, str | None]:
    """Return message and remedy of an error about `value`, which stands at `loc` of `data`."""
    kind, context = detail["type"], detail.get("ctx", {})
    if kind == "problem":
        return context["message"], context["remedy"]
    if kind == "value_error":
        error = context["error"]
        return getattr(error, "message", str(error)), getattr(error, "remedy", None)
    if kind == "extra_forbidden":
        model = model_at(Scenario, data, loc[:-1]) or Scenario
        return f"unknown key {loc[-1]!r}", nearest(str(loc[-1]), field_by_key(model))
    if kind == "missing":
        model = model_at(Scenario, data, loc[:-1]) or Scenario
        meaning = field_by_key(model)[str(loc[-1])].description or ""
        return "the key is missing", meaning.rstrip(".")
    if kind in _TYPES:
        return f"{_short(value)} is not {_TYPES[kind]}", _REMEDIES.get(kind)
    if kind in _LIMITS:
        name, words = _LIMITS[kind]
        return (
            f"{_short(value)} is out of range",
            f"it is {words} {_limit(context[name], loc, data)}",
        )
    if kind == "literal_error":
        return f"{_short(value)} is not known", f"write {context['expected']}"
    if kind == "string_pattern_mismatch":
        return f"{_short(value)} does not fit", f"it matches {context['pattern']}"
    if kind == "too_short":
        return "too few entries", f"it needs {context['min_length']} or more"
    return detail["msg"], None


def _limit(limit: float, loc: Loc, data: Any) -> str:
    """Return a limit of the value at `loc` as one would write it, with a unit if it has one."""
    model = model_at(Scenario, data, loc[:-1])
    field = field_by_key(model).get(str(loc[-1])) if model else None
    marks = marks_of(field.annotation, field.metadata) if field else []
    dimension = next((mark.dimension for mark in marks if isinstance(mark, Quantity)), None)
    if dimension is None or not limit:
        return format_number(limit)
    return format_rate(limit) if dimension is RATE else writer(dimension)(limit)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
