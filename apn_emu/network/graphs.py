"""GraphML and GML, as networkx reads them. Lengths are in an edge attribute whose name says km."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from typing import Any

import networkx as nx

from apn_emu.errors import InputError, Problem
from apn_emu.network.building import Draft, Record
from apn_emu.network.directions import Directed, add_pairs, identifier

LENGTH_NAMES = ("km", "length_km", "distance_km", "dist_km")
_UNITLESS = ("length", "distance", "dist", "weight", "LinkLength")
_LATITUDES, _LONGITUDES = ("lat", "latitude", "Latitude"), ("lon", "longitude", "Longitude", "long")


def draft_from_graphml(text: str, file: str, name: str) -> Draft:
    """Return the draft of a GraphML text; raise `InputError` when it is none."""
    try:
        graph = nx.parse_graphml(text)
    except ElementTree.ParseError as error:
        line = error.position[0]
        raise InputError(Problem(file, line, None, f"not GraphML: {error}")) from error
    except (nx.NetworkXError, ValueError, KeyError) as error:
        raise InputError(Problem(file, None, None, f"not GraphML: {error}")) from error
    return _draft(graph, file, name)


def draft_from_gml(text: str, file: str, name: str) -> Draft:
    """Return the draft of a GML text; raise `InputError` when it is none."""
    try:
        graph = nx.parse_gml(text, label="id")
    except (nx.NetworkXError, ValueError, KeyError) as error:
        raise InputError(Problem(file, None, None, f"not GML: {error}")) from error
    return _draft(graph, file, name)


def _draft(graph: Any, file: str, name: str) -> Draft:
    """Return the draft of a graph; ids come from the nodes' labels where these tell them apart."""
    draft = Draft(file, str(graph.graph.get("name") or name), [], [])
    labels = {key: str(data.get("label") or key) for key, data in graph.nodes(data=True)}
    distinct = len({identifier(label) for label in labels.values()}) == len(labels)
    ids = {key: identifier(label if distinct else str(key)) for key, label in labels.items()}
    for key, data in graph.nodes(data=True):
        fields: dict[str, object] = {"id": ids[key], "name": labels[key]}
        for field, names in (("lat", _LATITUDES), ("lon", _LONGITUDES)):
            given = [data[attribute] for attribute in names if attribute in data]
            fields |= {field: given[0]} if given else {}
        population = data.get("population", data.get("Population"))
        fields |= {} if population is None else {"population": population}
        draft.nodes.append(Record(f"node {key!r}", fields))
    directed = []
    for a, b, data in graph.edges(data=True):
        key = f"edge {ids[a]}-{ids[b]}"
        fields = {"a": ids[a], "b": ids[b], **_length(draft, key, data)}
        if not graph.is_directed():
            draft.links.append(Record(key, fields))
        elif isinstance(fields.get("km"), int | float):
            directed.append(Directed(key, ids[a], ids[b], float(str(fields["km"]))))
        else:
            draft.wrong(key, "the link has no length in km", f"name it {LENGTH_NAMES[0]}")
    add_pairs(draft, directed)
    return draft


def _length(draft: Draft, key: str, data: Mapping[str, Any]) -> dict[str, object]:
    """Return the length if the edge has one; a length without a unit is a problem."""
    for name in LENGTH_NAMES:
        if name in data:
            return {"km": data[name]}
    for name in _UNITLESS:
        if name in data:
            draft.wrong(key, f"{name!r} does not say its unit", "name the attribute km")
    return {}
