"""Pre-copy live migration: what is sent in each round, when it stops, and both ends of it.

Source: Clark et al., Live migration of virtual machines, NSDI 2005; QEMU, docs/devel/migration.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apn_emu.traffic.streams import Stream

PAGE_HEADER_BYTES = 8
"""QEMU sends each page after its address and flags (migration/ram.c)."""


@dataclass(frozen=True)
class Machine:
    """A virtual machine that goes on writing to its memory while it is copied.

    `dirty_byte_s` counts every write by the page it hits; writes fall evenly on the pages of the
    working set.
    """

    memory_byte: int
    page_byte: int
    dirty_byte_s: float
    working_set_byte: int

    def dirtied(self, duration_s: float) -> int:
        """Return the bytes of the pages that were written at least once in that time.

        Of n pages hit k times evenly, n (1 - exp(-k / n)) were hit: each page's hits are Poisson.
        """
        pages = self.working_set_byte / self.page_byte
        hits = self.dirty_byte_s * duration_s / self.page_byte
        return round(pages * -math.expm1(-hits / pages)) * self.page_byte


@dataclass(frozen=True)
class Round:
    """What was copied in a round, and how long it took."""

    size_byte: int
    duration_s: float


def is_last(
    rounds: Sequence[Round], dirty_byte: int, downtime_limit_s: float, most_rounds: int
) -> bool:
    """Return whether the machine is stopped for the round after `rounds`, which sends the rest.

    It is when what is dirty can be sent within the allowed downtime at the rate of the last round
    (QEMU's `downtime-limit`), or when it is round `most_rounds` (as in Xen).
    """
    if len(rounds) + 1 >= most_rounds:
        return True
    if not rounds:
        return False
    return dirty_byte * rounds[-1].duration_s <= downtime_limit_s * rounds[-1].size_byte


def copy_out(
    stream: Stream,
    machine_params: tuple[Any, ...],
    limits: tuple[float, int, int],
    host_rate_bps: float | None,
) -> list[tuple[int, float]]:
    """Copy the machine; return bytes on the wire and duration (s) of each round."""
    if host_rate_bps is not None:
        stream.pace(host_rate_bps)
    machine = Machine(*machine_params)
    downtime_limit_s, most_rounds, sent_at_most_byte = limits
    rounds: list[Round] = []
    dirty_byte = machine.memory_byte
    last = False
    while not last:
        last = is_last(rounds, dirty_byte, downtime_limit_s, most_rounds)
        pages = max(1, dirty_byte // machine.page_byte)  # the processors' state, if nothing else
        size_byte = pages * (machine.page_byte + PAGE_HEADER_BYTES)
        duration_s = _send(stream, size_byte, sent_at_most_byte)
        rounds.append(Round(size_byte, duration_s))
        dirty_byte = machine.dirtied(duration_s)
    stream.tell(0)
    return [(sent.size_byte, sent.duration_s) for sent in rounds]


def _send(stream: Stream, size_byte: int, sent_at_most_byte: int) -> float:
    """Send a round; return how long it takes (s)."""
    sent_byte = min(size_byte, sent_at_most_byte)
    began_ns = time.monotonic_ns()
    stream.tell(sent_byte)
    stream.send_all(sent_byte)
    second_half_ns = stream.hear()
    spent_ns = time.monotonic_ns() - began_ns
    rest = (size_byte - sent_byte) / (sent_byte - sent_byte // 2)
    return (spent_ns + rest * second_half_ns) / 1e9


def copy_in(stream: Stream, *_: Sequence[Any]) -> None:
    """Take rounds until there is none; answer each with the time that its second half took."""
    while size_byte := stream.hear():
        stream.receive_all(size_byte // 2)
        half_ns = time.monotonic_ns()
        stream.receive_all(size_byte - size_byte // 2)
        stream.tell(time.monotonic_ns() - half_ns)
