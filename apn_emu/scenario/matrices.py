"""Traffic matrices as a user writes them: who sends to whom, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations, product
from typing import Annotated, Literal, NamedTuple

from pydantic import PlainSerializer, PlainValidator

from apn_emu.scenario.base import problem
from apn_emu.scenario.places import Pair, Server, expand, read_pairs, read_server, write_pairs
from apn_emu.scenario.quantities import parser, writer
from apn_emu.units import RATE


class Incast(NamedTuple):
    """All servers of the other sites send to one."""

    to: Server


class Gravity(NamedTuple):
    """Sites send to each other in proportion to the product of their populations, in all so much.

    The gravity model of traffic matrices, as in Roughan et al., "Experience in measuring backbone
    traffic variability", IMW 2002.
    """

    total_bps: float


AllToAll = Literal["all-to-all"]
AnyMatrix = tuple[Pair, ...] | Literal["all-pairs", "all-to-all"] | Incast | Gravity


def _read(value: object) -> AnyMatrix:
    if value == "all-to-all":
        return "all-to-all"
    if isinstance(value, Incast | Gravity):
        return value
    if isinstance(value, Mapping) and set(value) == {"incast"}:
        return Incast(read_server(value["incast"]))
    if isinstance(value, Mapping) and set(value) == {"gravity"}:
        total_bps = parser(RATE)(value["gravity"])
        if total_bps <= 0:
            raise problem("the sites send nothing", "give the rate of all together, like 400G")
        return Gravity(total_bps)
    try:
        return read_pairs(value)
    except ValueError as error:
        raise problem(
            f"{value!r} is not a traffic matrix",
            "write all-to-all, all-pairs, {incast: tokyo}, {gravity: 400G} or a list of pairs",
        ) from error


def _write(matrix: AnyMatrix) -> object:
    if isinstance(matrix, Incast):
        return {"incast": str(matrix.to)}
    if isinstance(matrix, Gravity):
        return {"gravity": writer(RATE)(matrix.total_bps)}
    return matrix if matrix == "all-to-all" else write_pairs(matrix)


Matrix = Annotated[AnyMatrix, PlainValidator(_read), PlainSerializer(_write)]


def pairs_of(matrix: AnyMatrix, servers: Mapping[str, int]) -> tuple[Pair, ...]:
    """Return who sends to whom; `servers` counts those of each site.

    `all-to-all` and gravity: each server to each one of every other site.
    """
    if isinstance(matrix, Incast):
        return tuple(Pair(sender, matrix.to) for sender in _all(_others(servers, matrix.to.site)))
    if isinstance(matrix, Gravity) or matrix == "all-to-all":
        return tuple(
            Pair(sender, receiver)
            for source, destination in permutations(servers, 2)
            for sender, receiver in product(
                _all({source: servers[source]}), _all({destination: servers[destination]})
            )
        )
    return expand(matrix, servers)


def _others(servers: Mapping[str, int], site: str) -> dict[str, int]:
    return {other: count for other, count in servers.items() if other != site}


def _all(servers: Mapping[str, int]) -> Iterator[Server]:
    for site, count in servers.items():
        for number in range(1, count + 1):
            yield Server(site, number)


def named_servers(matrix: AnyMatrix) -> Iterable[tuple[tuple[str | int, ...], Server]]:
    """Yield the servers that a matrix names, each with its place in it."""
    if isinstance(matrix, Incast):
        yield ("incast",), matrix.to
    elif not isinstance(matrix, Gravity | str):
        for index, pair in enumerate(matrix):
            for end, server in enumerate(pair):
                yield (index, end), server
