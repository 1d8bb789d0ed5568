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
from collections.abc import Callable, Mapping
from dataclasses import asdict

from apn_emu.documents import Loc, parse_text, whole_number
from apn_emu.errors import NESTED_TOO_DEEP, InputError, Problem
from apn_emu.network.building import Draft, Record, nearest
from apn_emu.network.model import Network

TOP_FIELDS = (
    *("name", "title", "source", "notes", "length_note", "coordinate_note", "population_note"),
    *("nodes", "links"),
)
_NOTES = ("length_note", "coordinate_note", "population_note")


def parse_json(text: str, file: str) -> object:
    """Return the document of a JSON text; raise `InputError` with the line when it is not JSON."""

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        if twice := {key for key in keys if keys.count(key) > 1}:
            names = ", ".join(sorted(twice))
            raise InputError(Problem(file, None, names, "the key is there twice in one object"))
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique, parse_int=whole_number)
    except json.JSONDecodeError as error:
        raise InputError(Problem(file, error.lineno, None, f"not JSON: {error.msg}")) from error
    except RecursionError as error:
        raise InputError(Problem(file, None, None, NESTED_TOO_DEEP)) from error


def draft_from_native(
    document: object,
    file: str,
    name: str,
    line_of: Callable[[str], int | None] = lambda key: None,
) -> Draft:
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
        line_of=line_of,
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


def place(key: str) -> Loc:
    """Return the place of `nodes[3].lat` in the document."""
    return tuple(int(part) if part.isdigit() else part for part in re.findall(r"[^.\[\]]+", key))


def line_in(lines: Mapping[Loc, int], key: str) -> int | None:
    """Return the line of a key such as `nodes[3].lat`, or of the nearest that holds it."""
    loc = place(key)
    return next((lines[loc[:n]] for n in range(len(loc), 0, -1) if loc[:n] in lines), None)


def line_in_json(text: str, key: str) -> int | None:
    """Return the line of a key in a JSON text: it is YAML too, but for a few escapes."""
    try:
        return line_in(parse_text(text, "")[1], key)
    except InputError:
        return None
