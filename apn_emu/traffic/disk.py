"""A disk that takes time: in the embedded machine nothing is really written."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from apn_emu.traffic.timers import Timer

DiskParams = tuple[int, int, float]
"""Latency (ns), interval (ns) and rate (byte/s) of a disk, see `Disk`."""


@dataclass
class Disk:
    """Times of writes to one device (a solid-state drive), in ns; pure arithmetic.

    The device begins writes in order, one every `interval_ns` (1 / IOPS) or, for large ones, at
    `rate_byte_s`; a write is durable `latency_ns` after its begin at the earliest.
    """

    latency_ns: int
    interval_ns: int
    rate_byte_s: float
    _free_ns: int = 0

    def write(self, now_ns: int, size_byte: int) -> int:
        """Return when a write that is handed over now is durable."""
        begin_ns = max(now_ns, self._free_ns)
        busy_ns = max(self.interval_ns, round(size_byte / self.rate_byte_s * 1e9))
        self._free_ns = begin_ns + busy_ns
        return begin_ns + max(self.latency_ns, busy_ns)


class DiskQueue:
    """A disk beside a clock: how many of the writes handed over so far are durable.

    Wait for `timer` to be readable; writes become durable in their order.
    """

    def __init__(self, params: DiskParams) -> None:
        self._disk = Disk(*params)
        self._due_ns: deque[int] = deque()
        self.timer = Timer()
        self.durable_ns: list[int] = []
        """When each write became durable, by the disk's arithmetic."""

    def write(self, size_byte: int) -> None:
        """Hand a write over."""
        self._due_ns.append(self._disk.write(time.monotonic_ns(), size_byte))
        if len(self._due_ns) == 1:
            self.timer.set(self._due_ns[0])

    def settle(self) -> int:
        """Note what has become durable; return how many writes that are."""
        now_ns, before = time.monotonic_ns(), len(self.durable_ns)
        while self._due_ns and self._due_ns[0] <= now_ns:
            self.durable_ns.append(self._due_ns.popleft())
        if self._due_ns:
            self.timer.set(self._due_ns[0])
        else:
            self.timer.stop()
        return len(self.durable_ns) - before
