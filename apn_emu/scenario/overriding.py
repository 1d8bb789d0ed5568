"""`--set key=value`: changes to the data of a scenario before it is checked."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator
from typing import Any

from apn_emu.documents import Loc, parse_value
from apn_emu.errors import InputError, Problem
from apn_emu.results.measurements import format_number
from apn_emu.scenario.parameters import KEY


def override(data: Any, overrides: Iterable[str]) -> tuple[Any, dict[Loc, str]]:
    """Return a changed copy of `data`, and the `--set key=value` that wrote each place.

    A key is dotted, list items by their index (`lightpaths.0.rate=400G`), or the name of a
    parameter; a value is YAML. Raises `InputError` naming every override that fits nowhere.
    """
    data = copy.deepcopy(data)
    written: dict[Loc, str] = {}
    problems: list[Problem] = []
    for text in overrides:
        name = f"--set {text}"
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not all(key.split(".")):
            remedy = "write it like lightpaths.0.rate=400G"
            problems.append(Problem(name, None, None, "not KEY=VALUE", remedy))
            continue
        try:
            content = parse_value(value)
            loc = _write(data, place_of(data, key), content)
            written = {place: by for place, by in written.items() if place[: len(loc)] != loc}
            written |= dict.fromkeys(_places(content, loc), name)
        except ValueError as error:
            message, _, remedy = str(error).partition("; ")
            problems.append(Problem(name, None, key, message, remedy or None))
    if problems:
        raise InputError(problems)
    return data, written


def append(data: dict[str, Any], key: str, items: Iterable[str], option: str) -> dict[Loc, str]:
    """Put items behind those of a list in `data`; return the option that wrote each place."""
    written: dict[Loc, str] = {}
    for item in items:
        before = data.get(key) or []
        data[key] = [*before, item] if isinstance(before, list) else [before, item]
        written[key, len(data[key]) - 1] = f"{option} {item}"
    return written


def override_text(key: str, value: Any) -> str:
    """Return the `key=value` that writes this value."""
    text = words(value)
    try:
        same = parse_value(text) == value and text.strip() == text
    except ValueError:
        same = False
    return f"{key}={text if same else json.dumps(value, ensure_ascii=False)}"


def words(value: Any) -> str:
    """Return a value as a person writes it, e.g. `400G`, `10` or `["a", "b"]`."""
    if isinstance(value, bool) or value is None or isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return format_number(value) if isinstance(value, int | float) else str(value)


def place_of(data: Any, key: str) -> list[str]:
    """Return the parts of a dotted key; a parameter's name alone stands for `parameters.NAME`."""
    parameters = data.get(KEY) if isinstance(data, dict) else None
    return [KEY, key] if isinstance(parameters, dict) and key in parameters else key.split(".")


def _write(data: Any, parts: list[str], value: Any) -> Loc:
    """Put `value` at the place that `parts` name; return the place."""
    loc: list[str | int] = []
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        step: str | int = part
        if isinstance(data, list):
            if not part.isdigit() or int(part) >= len(data):
                raise ValueError(
                    f"{part!r} is not an item; {_items(data, '.'.join(parts[:depth]))}"
                )
            step = int(part)
        elif not isinstance(data, dict):
            above = ".".join(parts[:depth])
            raise ValueError(f"{above} has no keys, it is {data!r}; set {above} itself")
        elif not last and data.get(part) is None:
            data[part] = {}
        loc.append(step)
        if last:
            data[step] = value
        else:
            data = data[step]
    return tuple(loc)


def _places(value: Any, loc: Loc) -> Iterator[Loc]:
    """Yield the place of `value` and of all that is in it."""
    yield loc
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _places(item, (*loc, step))


def _items(data: list[Any], name: str) -> str:
    return f"{name} has the items 0 to {len(data) - 1}" if data else f"{name} is empty"
