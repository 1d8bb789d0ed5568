"""YAML and JSON to plain data, with the line of every value: scenarios and networks. Pure.

Scalars follow the core schema of YAML 1.2 (clause 10.3.2): only `true` and `false` are booleans
and keys are always text, so that a site may be called `no` and a command has a key `on`.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from apn_emu.errors import NESTED_TOO_DEEP, InputError, Problem

Loc = tuple[str | int, ...]
"""Place in the data: keys and list indices, e.g. `("lightpaths", 0, "rate")`."""

_MOST_NODES = 100_000
"""Aliases of aliases multiply; a text with more values than this is a mistake or an attack."""


def dotted(loc: Loc) -> str:
    """Return the place as `--set` takes it, e.g. `lightpaths.0.rate`."""
    return ".".join(map(str, loc))


def whole_number(text: str) -> int | float:
    """Return the number of decimal digits; one of more than 40 is as good as a float."""
    return int(text) if len(text) <= 40 else float(text)


class _Composer(yaml.SafeLoader):
    """Resolves plain scalars as YAML 1.2 does."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  # as PyYAML declares it


for _tag, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    _Composer.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}",
        re.compile(f"^(?:{_pattern})$"),
        [letter.strip("\0") for letter in _first],
    )


def parse_text(text: str, file: str) -> tuple[Any, dict[Loc, int]]:
    """Return the data of a YAML or JSON text and the line (from 1) of each place in it.

    Raises `InputError` for a syntax error, with its line, and for all duplicate keys.
    """
    if file.endswith(".json"):
        text = text.replace("\t", " ")  # JSON may be indented with tabs, YAML may not
    reader = _Reader(file)
    try:
        root = yaml.compose(text, Loader=_Composer)
        if root is None:
            raise InputError(Problem(file, None, None, "the file is empty"))
        data = reader.read(root, ())
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        words = " ".join(filter(None, [error.context, error.problem]))
        raise InputError(Problem(file, line, None, f"not YAML: {words}")) from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, int(error.position)) + 1
        message = f"not YAML: the character {chr(error.character)!r} is not allowed"
        raise InputError(Problem(file, line, None, message)) from error
    except RecursionError as error:
        raise InputError(Problem(file, None, None, NESTED_TOO_DEEP)) from error
    if reader.problems:
        raise InputError(reader.problems)
    return data, reader.lines


def parse_value(text: str) -> Any:
    """Return the value of a `--set`; raise `ValueError` if it is not YAML."""
    try:
        return parse_text(text, "")[0] if text.strip() else ""
    except InputError as error:
        raise ValueError(error.problems[0].message) from error


class _Reader:
    """Walks the node tree and notes lines and problems."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Loc, int] = {}
        self.problems: list[Problem] = []
        self._count = 0
        self._open: list[yaml.Node] = []

    def read(self, node: yaml.Node, loc: Loc) -> Any:
        self.lines.setdefault(loc, node.start_mark.line + 1)
        self._count += 1
        if node in self._open:
            return self._wrong(node, loc, "an alias stands inside its own anchor")
        if self._count > _MOST_NODES:
            return self._wrong(node, loc, "too many values") if not self.problems else None
        self._open.append(node)
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, loc)
            if isinstance(node, yaml.SequenceNode):
                return [self.read(item, (*loc, index)) for index, item in enumerate(node.value)]
            assert isinstance(node, yaml.ScalarNode)
            return self._scalar(node, loc)
        finally:
            self._open.pop()

    def _mapping(self, node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, loc, "a list or mapping cannot be a key")
                continue
            place = (*loc, key.value)
            if key.value in data:
                first = self.lines[place]
                self._wrong(key, place, f"the key is there twice, first in line {first}")
                continue
            self.lines[place] = key.start_mark.line + 1
            data[key.value] = self.read(value, place)
        return data

    def _scalar(self, node: yaml.ScalarNode, loc: Loc) -> Any:
        text = str(node.value)
        match node.tag.removeprefix("tag:yaml.org,2002:"):
            case "str":
                return text
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return whole_number(text)
            case "float":
                return float(text)
        return self._wrong(node, loc, f"the tag {node.tag} has no meaning here")

    def _wrong(self, node: yaml.Node, loc: Loc, message: str) -> None:
        line = node.start_mark.line + 1
        self.problems.append(Problem(self.file, line, dotted(loc) or None, message))
