"""What each rank does in a collective operation: its part of a schedule, in bytes of streams."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from apn_emu.traffic.schedules import Schedule

Line = tuple[int, int]
"""A connection as its rank names it: the rank at the other end, and the lane."""


class Send(NamedTuple):
    """Bytes to send once the lines of `needs` have each brought that many bytes in all."""

    size_byte: int
    needs: tuple[tuple[Line, int], ...]


class Program(NamedTuple):
    """The part of one rank: what it sends on each line in order, and what arrives there."""

    sends: dict[Line, list[Send]]
    receives: dict[Line, list[int]]

    @property
    def lines(self) -> list[Line]:
        """All connections that the program uses, in order."""
        return sorted({*self.sends, *self.receives})


def programs(schedule: Schedule, size_byte: int) -> list[Program]:
    """Return the program of each rank for a message of `size_byte` bytes."""
    made = [Program(defaultdict(list), defaultdict(list)) for _ in range(schedule.ranks)]
    arrived: dict[tuple[int, int], dict[Line, int]] = defaultdict(dict)
    brought: dict[tuple[int, Line], int] = defaultdict(int)
    for source, destination, chunk, _, lane in schedule.transfers:
        chunk_bytes = schedule.chunk_bytes(chunk, size_byte)
        needs = tuple(sorted(arrived[source, chunk].items()))
        made[source].sends[destination, lane].append(Send(chunk_bytes, needs))
        line = (source, lane)
        made[destination].receives[line].append(chunk_bytes)
        brought[destination, line] += chunk_bytes
        arrived[destination, chunk][line] = brought[destination, line]
    return [Program(dict(part.sends), dict(part.receives)) for part in made]


def sent_bytes(schedule: Schedule, size_byte: int) -> int:
    """Return the bytes that all ranks together send."""
    return sum(schedule.chunk_bytes(move.chunk, size_byte) for move in schedule.transfers)
