"""From the records of any file format to a checked `Network`. Pure.

Each format's reader turns its file into `Record`s with the field names of our own format; all
checks stand here, once, so that a wrong length is the same error in YAML and in GraphML.
"""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Link, Network, Node

NODE_FIELDS = ("id", "name", "lat", "lon", "population")
LINK_FIELDS = ("a", "b", "km", "srlgs")

LONGEST_LINK_KM = 40_075
"""Once round the Earth: more is a wrong unit."""


@dataclass(frozen=True)
class Record:
    """One node or link as its file states it: `key` is its place in the file (`links[3]`)."""

    key: str
    fields: Mapping[str, object]


@dataclass(frozen=True)
class Draft:
    """A network as read, before any check. `line_of` gives the line of a key, where known."""

    file: str
    name: str
    nodes: list[Record]
    links: list[Record]
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    problems: list[Problem] = field(default_factory=list)
    line_of: Callable[[str], int | None] = lambda key: None

    def wrong(self, key: str, message: str, remedy: str | None = None) -> None:
        """Note a problem of the record or field at `key`."""
        self.problems.append(Problem(self.file, self.line_of(key), key, message, remedy))


def nearest(word: str, known: Collection[str]) -> str:
    """Return a remedy that names the known words, the most similar one first."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    known_words = f"known: {', '.join(sorted(known))}" if len(known) <= 30 else ""
    return "; ".join(filter(None, [f"did you mean {close[0]}?" if close else "", known_words]))


def build_network(draft: Draft) -> Network:
    """Return the checked network; raise `InputError` with every problem of the draft.

    Errors: missing, duplicate or unknown node ids, a length that is missing, zero, negative or no
    number, a link from a node to itself, coordinates outside the Earth, a graph in several parts.
    """
    nodes = _nodes(draft)
    links = _links(draft, {node.id for node in nodes})
    if not draft.nodes:
        draft.wrong("nodes", "the network has no nodes")
    if not draft.problems:
        _check_connected(draft, nodes, links)
    if draft.problems:
        raise InputError(draft.problems)
    return Network(
        draft.name, tuple(nodes), tuple(links), draft.title, draft.source, tuple(draft.notes)
    )


def _nodes(draft: Draft) -> list[Node]:
    nodes: dict[str, Node] = {}
    for record in draft.nodes:
        _check_fields(draft, record, NODE_FIELDS)
        node_id = _text(draft, record, "id", required=True)
        name = _text(draft, record, "name") or node_id
        lat = _number(draft, record, "lat", -90.0, 90.0)
        lon = _number(draft, record, "lon", -180.0, 180.0)
        population = _number(draft, record, "population", 0.0, math.inf)
        if node_id in nodes:
            draft.wrong(f"{record.key}.id", f"node {node_id!r} is there twice")
        elif node_id:
            people = None if population is None else round(population)
            nodes[node_id] = Node(node_id, name, lat, lon, people)
    return list(nodes.values())


def _links(draft: Draft, node_ids: set[str]) -> list[Link]:
    links: dict[str, Link] = {}
    first_of_pair: dict[frozenset[str], tuple[str, str]] = {}
    parallels: dict[frozenset[str], int] = {}
    for record in draft.links:
        _check_fields(draft, record, LINK_FIELDS)
        ends = [_text(draft, record, end, required=True) for end in ("a", "b")]
        for end, node_id in zip(("a", "b"), ends, strict=True):
            if node_id and node_id not in node_ids:
                remedy = nearest(node_id, node_ids)
                draft.wrong(f"{record.key}.{end}", f"there is no node {node_id!r}", remedy)
        if ends[0] and ends[0] == ends[1]:
            draft.wrong(record.key, f"the link joins {ends[0]!r} to itself")
        length_km = _number(draft, record, "km", -math.inf, math.inf)
        if "km" not in record.fields:
            remedy = "give the fibre's length in km; it is never guessed from coordinates"
            draft.wrong(record.key, f"the link {'-'.join(ends)} has no length", remedy)
        elif length_km is not None and not 0.0 < length_km <= LONGEST_LINK_KM:
            remedy = f"it is above 0 km and at most {LONGEST_LINK_KM} km"
            draft.wrong(f"{record.key}.km", f"the length is {length_km:g} km", remedy)
        srlgs = _names(draft, record, "srlgs")
        pair = frozenset(ends)
        a, b = first_of_pair.setdefault(pair, (ends[0], ends[1]))
        parallels[pair] = parallels.get(pair, 0) + 1
        link_id = f"{a}-{b}" if parallels[pair] == 1 else f"{a}-{b}#{parallels[pair]}"
        if link_id in links:  # nodes `x-y`, `z` and `x`, `y-z`
            draft.wrong(record.key, f"two links get the id {link_id!r}", "rename a node")
        links[link_id] = Link(link_id, a, b, length_km or 0.0, srlgs)
    return list(links.values())


def _check_connected(draft: Draft, nodes: list[Node], links: list[Link]) -> None:
    import networkx as nx  # only here: the controller needs `nearest` alone

    graph = nx.Graph([(link.a, link.b) for link in links])
    graph.add_nodes_from(node.id for node in nodes)
    parts = sorted(nx.connected_components(graph), key=len)
    if len(parts) > 1:
        some = ", ".join(sorted(parts[0])[:5])
        message = f"the network falls into {len(parts)} parts; apart from the rest: {some}"
        draft.wrong("links", message, "add the links that join them")


def _check_fields(draft: Draft, record: Record, known: Collection[str]) -> None:
    for key in record.fields:
        if key not in known:
            draft.wrong(f"{record.key}.{key}", f"unknown key {key!r}", nearest(key, known))


def _text(draft: Draft, record: Record, key: str, required: bool = False) -> str:
    value = record.fields.get(key)
    if value is None:
        if required:
            draft.wrong(record.key, f"{key!r} is missing")
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
        draft.wrong(f"{record.key}.{key}", f"{value!r} is not a name", "write a text")
        return ""
    return str(value)


def _number(draft: Draft, record: Record, key: str, low: float, high: float) -> float | None:
    value = record.fields.get(key)
    if value is None and (key not in record.fields or key != "km"):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not _finite(value):
        draft.wrong(f"{record.key}.{key}", f"{value!r} is not a number")
        return None
    if not low <= value <= high:
        limits = f"at least {low:g}" if math.isinf(high) else f"between {low:g} and {high:g}"
        draft.wrong(f"{record.key}.{key}", f"{value!r} is out of range", f"{limits} is right")
        return None
    return float(value)


def _finite(value: float) -> bool:
    """Return whether it is a number that a float can hold."""
    return -sys.float_info.max <= value <= sys.float_info.max


def _names(draft: Draft, record: Record, key: str) -> tuple[str, ...]:
    value = record.fields.get(key, [])
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        draft.wrong(f"{record.key}.{key}", f"{value!r} is not a list of names")
        return ()
    return tuple(value)
