"""Servers and pairs of servers, as workloads name them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, PlainSerializer, PlainValidator, TypeAdapter

from apn_emu.scenario.base import problem

_SERVER = re.compile(r"([^\s/]+)(?:/([1-9]\d*))?")


class Server(NamedTuple):
    """A server: its site and its number there, from 1. In YAML `tokyo` (the first) or `tokyo/2`."""

    site: str
    number: int = 1

    def __str__(self) -> str:
        """Return `site/number`, the name by which plans and measurements call it."""
        return f"{self.site}/{self.number}"


class Site(str):
    """The id of a site where a workload names one."""

    __slots__ = ()


SiteName = Annotated[str, AfterValidator(Site)]


class Pair(NamedTuple):
    """Two servers: traffic goes from the first to the second."""

    source: Server
    destination: Server


def read_server(value: object) -> Server:
    """Return the server that `value` names, e.g. `tokyo/2`."""
    if isinstance(value, Server):
        return value
    match = _SERVER.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise problem(f"{value!r} is not a server", "write a site, or site/number from 1")
    return Server(match[1], int(match[2] or 1))


ServerEntry = Annotated[Server, PlainValidator(read_server), PlainSerializer(str)]

_TWO_SERVERS: TypeAdapter[tuple[Server, Server]] = TypeAdapter(tuple[ServerEntry, ServerEntry])


def _read_pair(value: object) -> Pair:
    if isinstance(value, Mapping) and set(value) == {"from", "to"}:
        value = [value["from"], value["to"]]
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise problem("this is not a pair of servers", "write [from, to] or {from: ..., to: ...}")
    pair = Pair(*_TWO_SERVERS.validate_python(tuple(value)))
    if pair.source == pair.destination:
        raise problem(f"{pair.source} is paired with itself", "name two servers")
    return pair


PairEntry = Annotated[Pair, PlainValidator(_read_pair)]

_PAIR_LIST: TypeAdapter[tuple[Pair, ...]] = TypeAdapter(tuple[PairEntry, ...])


def read_pairs(value: object) -> tuple[Pair, ...] | Literal["all-pairs"]:
    """Return the pairs that `value` names."""
    if value == "all-pairs":
        return "all-pairs"
    if isinstance(value, Mapping):
        return (_read_pair(value),)
    if not isinstance(value, list | tuple) or not value:
        raise problem(
            f"{value!r} does not say between which servers",
            "write all-pairs, a list of pairs like [[tokyo, chiba]], or {from: tokyo, to: chiba}",
        )
    return _PAIR_LIST.validate_python(tuple(value))


def write_pairs(pairs: tuple[Pair, ...] | str) -> object:
    """Return pairs as they are written in YAML."""
    return pairs if isinstance(pairs, str) else [[str(end) for end in pair] for pair in pairs]


Pairs = Annotated[
    tuple[Pair, ...] | Literal["all-pairs"],
    PlainValidator(read_pairs),
    PlainSerializer(write_pairs),
]
"""`all-pairs`: each two sites once, from the one that the scenario names first."""


def _read_servers(value: object) -> tuple[Server, ...] | Literal["all"]:
    if value == "all":
        return "all"
    servers = tuple(map(read_server, value)) if isinstance(value, list | tuple) else ()
    if len(servers) < 2 or len(set(servers)) < len(servers):
        raise problem(
            f"{value!r} does not say which servers",
            "write all, or a list of two or more different ones like [tokyo, tokyo/2, chiba]",
        )
    return servers


Servers = Annotated[
    tuple[Server, ...] | Literal["all"],
    PlainValidator(_read_servers),
    PlainSerializer(lambda servers: servers if servers == "all" else [str(s) for s in servers]),
]
"""`all`: every server of every site."""


def expand(pairs: tuple[Pair, ...] | str, sites: Iterable[str]) -> tuple[Pair, ...]:
    """Return the pairs; `all-pairs` becomes the first servers of each two of `sites`, once."""
    if not isinstance(pairs, str):
        return pairs
    return tuple(Pair(Server(a), Server(b)) for a, b in combinations(sites, 2))
