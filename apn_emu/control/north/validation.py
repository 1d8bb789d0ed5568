"""Checks a request's body against its schema, the one that the OpenAPI description shows.

The part of JSON Schema 2020-12 that the descriptions use: no package for it runs in the embedded
machine without costing its start-up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apn_emu.control.north.exchange import Fault

TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
}


def faults(value: Any, schema: Mapping[str, Any], pointer: str = "") -> Iterator[Fault]:
    """Yield everything in `value` that the schema does not allow."""
    kind = schema.get("type")
    if kind and not _is(value, kind):
        yield Fault(pointer, f"is not of type {kind}")
        return
    if "enum" in schema and value not in schema["enum"]:
        yield Fault(pointer, f"is none of {', '.join(map(str, schema['enum']))}")
    if isinstance(value, dict):
        yield from _object(value, schema, pointer)
    elif isinstance(value, list):
        yield from _array(value, schema, pointer)
    elif isinstance(value, str):
        yield from _string(value, schema, pointer)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(value, schema, pointer)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, TYPES[kind])


def _object(value: dict[str, Any], schema: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield Fault(f"{pointer}/{name}", "is missing")
    for name, item in value.items():
        here = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
        if name in known:
            yield from faults(item, known[name], here)
        elif schema.get("additionalProperties") is False:
            yield Fault(here, f"is not known; known are {', '.join(known)}")


def _array(value: list[Any], schema: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    least, most = schema.get("minItems", 0), schema.get("maxItems", len(value))
    if not least <= len(value) <= most:
        yield Fault(pointer, f"has {len(value)} items, not {least} to {most}")
    for number, item in enumerate(value):
        yield from faults(item, schema.get("items", {}), f"{pointer}/{number}")


def _string(value: str, schema: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    most = schema.get("maxLength", len(value))
    if len(value) > most:
        yield Fault(pointer, f"has {len(value)} characters, not {most} at most")
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield Fault(pointer, f"does not match {schema['pattern']}")


def _number(value: float, schema: Mapping[str, Any], pointer: str) -> Iterator[Fault]:
    if value < schema.get("minimum", value) or value > schema.get("maximum", value):
        least, most = schema.get("minimum", "any"), schema.get("maximum", "any")
        yield Fault(pointer, f"{value} is outside {least} to {most}")
