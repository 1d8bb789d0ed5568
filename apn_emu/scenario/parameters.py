"""`parameters:` of a scenario: named values that stand elsewhere in it as `$name`. Pure.

    parameters: {distance_km: 100}
    network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: $distance_km}]}

A value that is `$name` and nothing else becomes the parameter's value as it is; inside a longer
text `$name` or `${name}` becomes its text. A `$` before any other word stays, for commands use it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from apn_emu.documents import Loc
from apn_emu.errors import InputError, Problem
from apn_emu.network.building import nearest
from apn_emu.scenario.source import Source

KEY = "parameters"
NAME = r"[A-Za-z_][A-Za-z0-9_]*"

_REFERENCE = re.compile(rf"\$(?:\{{({NAME})\}}|({NAME}))")


def substitute(
    data: Mapping[str, Any], source: Source, reserved: Collection[str]
) -> tuple[dict[str, Any], Source]:
    """Return the data with every reference replaced, and the source with the places of it.

    An override of a parameter counts as override of all places that use it, so that an error there
    names it. `reserved` are keys of a scenario, which no parameter may have as its name. Raises
    `InputError` with every parameter that cannot be used and every one that does not exist.
    """
    declared = data.get(KEY)
    parameters = declared if isinstance(declared, Mapping) else {}
    walk = _Substitution(parameters, source)
    walk.check(reserved)
    filled = {key: value if key == KEY else walk.fill(value, (key,)) for key, value in data.items()}
    if walk.problems:
        raise InputError(walk.problems)
    return filled, replace(source, overrides=walk.overrides)


def used_parameters(data: Mapping[str, Any]) -> set[str]:
    """Return the parameters that the data (before `substitute`) refers to."""
    rest = {key: value for key, value in data.items() if key != KEY}
    return _references(rest) & set(data.get(KEY) or ())


def _references(value: Any) -> set[str]:
    if isinstance(value, str):
        return {braced or bare for braced, bare in _REFERENCE.findall(value)}
    items = value.values() if isinstance(value, Mapping) else value
    return set().union(*map(_references, items)) if isinstance(items, Collection) else set()


class _Substitution:
    """Walks the data of a scenario and notes problems and places."""

    def __init__(self, parameters: Mapping[str, Any], source: Source) -> None:
        self.parameters = parameters
        self.source = source
        self.overrides = dict(source.overrides)
        self.problems: list[Problem] = []

    def check(self, reserved: Collection[str]) -> None:
        """Note parameters whose name or value cannot be."""
        for name, value in self.parameters.items():
            if not re.fullmatch(NAME, str(name)):
                remedy = "it has letters, digits and _ and begins with no digit"
                self._wrong((KEY, name), f"{name!r} is not a parameter's name", remedy)
            elif name in reserved:
                self._wrong((KEY, name), f"{name!r} is a key of the scenario", "rename it")
            for other in sorted(_references(value) & self.parameters.keys()):
                message = f"the parameter {name} refers to the parameter {other}"
                self._wrong((KEY, name), message, "write its value")

    def fill(self, value: Any, loc: Loc) -> Any:
        """Return the value with every reference replaced."""
        if isinstance(value, str):
            return self._fill_text(value, loc)
        if isinstance(value, Mapping):
            return {key: self.fill(item, (*loc, key)) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.fill(item, (*loc, index)) for index, item in enumerate(value)]
        return value

    def _fill_text(self, text: str, loc: Loc) -> Any:
        if whole := _REFERENCE.fullmatch(text):
            name = whole[1] or whole[2]
            if name in self.parameters:
                return self._value(name, loc)
            message = f"there is no parameter {name!r}"
            self._wrong(loc, message, nearest(name, self.parameters) or f"add it to {KEY}")
            return text

        def written(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if name not in self.parameters:
                return match[0]
            value = self._value(name, loc)
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                self._wrong(loc, f"{value!r} ({name}) cannot stand inside a text")
            return str(value)

        return _REFERENCE.sub(written, text)

    def _value(self, name: str, loc: Loc) -> Any:
        if by := self.source.overrides.get((KEY, name)):
            self.overrides[loc] = by
        return self.parameters[name]

    def _wrong(self, loc: Loc, message: str, remedy: str | None = None) -> None:
        self.problems.append(self.source.where(*loc).problem(message, remedy))
