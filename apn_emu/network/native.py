"""Our own network format, as YAML or JSON: `name`, `nodes`, `links`, and where they come from.

    name: lab
    source: measured 2026-03
    nodes: [{id: a, name: Site A, lat: 35.0, lon: 139.0}, {id: b}]
    links: [{a: a, b: b, km: 98, srlgs: [bridge-7]}]

`km` is the fibre's length. Two entries for one pair of nodes are two parallel fibre pairs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict

import yaml

from apn_emu.errors import NESTED_TOO_DEEP, InputError, Problem
from apn_emu.network.building import Draft, Record, nearest
from apn_emu.network.model import Network

TOP_FIELDS = (
    *("name", "title", "source", "notes", "length_note", "coordinate_note", "population_note"),
    *("nodes", "links"),
)
_NOTES = ("length_note", "coordinate_note", "population_note")


class _Loader(yaml.SafeLoader):
    """A safe loader that refuses a key given twice, where PyYAML keeps the last one silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key_node.value!r} is there twice", problem_mark=node.start_mark
                )
            seen.add(key_node.value)
        return dict(super().construct_mapping(node, deep=deep))


def parse_yaml(text: str, file: str) -> object:
    """Return the document of a YAML text; raise `InputError` with the line when it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError(
            Problem(file, line, None, f"not YAML: {error.problem or error.context}")
        ) from error
    except yaml.YAMLError as error:
        raise InputError(Problem(file, None, None, f"not YAML: {error}")) from error
    except RecursionError as error:
        raise InputError(Problem(file, None, None, NESTED_TOO_DEEP)) from error


def parse_json(text: str, file: str) -> object:
    """Return the document of a JSON text; raise `InputError` with the line when it is not JSON."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if twice := {key for key in keys if keys.count(key) > 1}:
            names = ", ".join(sorted(twice))
            raise InputError(Problem(file, None, names, "the key is there twice in one object"))
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        raise InputError(Problem(file, error.lineno, None, f"not JSON: {error.msg}")) from error
    except RecursionError as error:
        raise InputError(Problem(file, None, None, NESTED_TOO_DEEP)) from error


def draft_from_native(document: object, text: str, file: str, name: str) -> Draft:
    """Return the draft of a document in our own format; `name` counts where it states none."""
    if not isinstance(document, Mapping):
        remedy = "write `nodes:` and `links:`"
        raise InputError(Problem(file, 1, None, "this is not a network", remedy))
    notes = document.get("notes", [])
    draft = Draft(
        file=file,
        name=str(document.get("name", name)),
        nodes=[],
        links=[],
        title=str(document.get("title", "")),
        source=str(document.get("source", "")),
        notes=(
            *(str(document[key]) for key in _NOTES if key in document),
            *(map(str, notes) if isinstance(notes, list) else [str(notes)]),
        ),
        line_of=lambda key: _line(text, key),
    )
    for key in document:
        if key not in TOP_FIELDS:
            draft.wrong(str(key), f"unknown key {key!r}", nearest(str(key), TOP_FIELDS))
    for key, records in (("nodes", draft.nodes), ("links", draft.links)):
        entries = document.get(key)
        if not isinstance(entries, list):
            what = "is missing" if entries is None else "is not a list"
            draft.wrong(key, f"{key!r} {what}", f"write a list of {key}")
            continue
        for index, entry in enumerate(entries):
            if isinstance(entry, dict):
                fields = {str(name): value for name, value in entry.items()}
                records.append(Record(f"{key}[{index}]", fields))
            else:
                draft.wrong(f"{key}[{index}]", f"{entry!r} is not a mapping")
    return draft


def data_of_network(network: Network) -> dict[str, object]:
    """Return the document of a network, which `draft_from_native` reads back as the same."""
    given = {"title": network.title, "source": network.source, "notes": list(network.notes)}
    return {
        "name": network.name,
        **{key: value for key, value in given.items() if value},
        "nodes": [
            {key: value for key, value in asdict(node).items() if value is not None}
            for node in network.nodes
        ],
        "links": [
            {"a": link.a, "b": link.b, "km": link.length_km, "srlgs": list(link.srlgs)}
            for link in network.links
        ],
    }


def _line(text: str, key: str) -> int | None:
    """Return the line (from 1) of `nodes[3].lat` in a YAML or JSON text, None if not found.

    JSON is read as YAML here, which holds for all but a few escapes; then the line is left out.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    line = None
    for part in re.findall(r"[^.\[\]]+", key):
        if isinstance(node, yaml.SequenceNode) and part.isdigit() and int(part) < len(node.value):
            node = node.value[int(part)]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = [pair for pair in node.value if pair[0].value == part]
            if not found:
                return line
            line, node = found[0][0].start_mark.line + 1, found[0][1]
    return line
