"""Dataclasses back from the plain data that `dataclasses.asdict` and JSON made of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_type_hints


def restore(kind: Any, value: Any) -> Any:
    """Rebuild dataclasses, enumerations and tuples from objects, texts and arrays by type hints.

    Raises `KeyError` for a missing field and `ValueError` for a text that is not in an enumeration.
    """
    if isinstance(kind, UnionType):
        (kind,) = (member for member in get_args(kind) if member is not NoneType)
    if is_dataclass(kind) and isinstance(kind, type) and value is not None:
        hints = _hints(kind)
        return kind(**{f.name: restore(hints[f.name], value[f.name]) for f in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    arguments = get_args(kind)
    if isinstance(value, list) and arguments:
        return tuple(restore(arguments[0], item) for item in value)
    if isinstance(value, Mapping) and arguments:
        return {key: restore(arguments[1], item) for key, item in value.items()}
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
