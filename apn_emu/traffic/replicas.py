"""Both ends of a replicated block device: the primary and its replica.

What disks take is arithmetic (`disk`); blocks and acknowledgements really cross the network.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from apn_emu.traffic.disk import DiskParams, DiskQueue
from apn_emu.traffic.streams import Stream
from apn_emu.traffic.timers import Timer

HEADER_BYTES, ACKNOWLEDGEMENT_BYTES = 40, 40
"""Of a block and of its acknowledgement in DRBD 9: a header of 16 bytes, then struct p_data or
p_block_ack of 24 (drbd_protocol.h)."""

WARM_UP_ROUNDS = 6
"""Writes that are not measured, in round trips: TCP's slow start from 10 packets to 4 MB."""

Load = tuple[int, int]
"""Block size in bytes, and depth."""


def _writes(depth: int, operations: int) -> int:
    return WARM_UP_ROUNDS * depth + operations


def commit_in_both(
    stream: Stream, loads: Sequence[Load], operations: int, disk: DiskParams
) -> list[tuple[list[int], list[int]]]:
    """Be the primary of synchronous replication.

    Returns for each load when each write was submitted and committed (ns), `operations` after a
    warm-up.
    """
    return [
        _commit(stream, block, depth, _writes(depth, operations), disk) for block, depth in loads
    ]


def _commit(
    stream: Stream, block_byte: int, depth: int, count: int, disk: DiskParams
) -> tuple[list[int], list[int]]:
    """Write `count` blocks; return when each was submitted and committed (ns)."""
    queue = DiskQueue(disk)
    submitted_ns: list[int] = []
    committed_ns: list[int] = []
    stream.received = 0
    while len(committed_ns) < count:
        while len(submitted_ns) < min(count, len(committed_ns) + depth):
            submitted_ns.append(time.monotonic_ns())
            queue.write(block_byte)
            stream.send(HEADER_BYTES + block_byte)
        stream.wait(queue.timer)
        stream.flush()
        stream.receive()
        queue.settle()
        done = min(len(queue.durable_ns), stream.received // ACKNOWLEDGEMENT_BYTES)
        committed_ns += [time.monotonic_ns()] * (done - len(committed_ns))
    queue.timer.close()
    return submitted_ns, committed_ns


def store_loads(stream: Stream, loads: Sequence[Load], operations: int, disk: DiskParams) -> None:
    """Be the replica of `commit_in_both`."""
    for block, depth in loads:
        store(stream, block, _writes(depth, operations), disk)


def store(stream: Stream, block_byte: int, count: int, disk: DiskParams) -> list[int]:
    """Be the replica for `count` blocks; return when each was durable (ns)."""
    queue = DiskQueue(disk)
    unit = HEADER_BYTES + block_byte
    stored = 0
    stream.received = 0
    while len(queue.durable_ns) < count:
        stream.wake_at(unit - stream.received % unit)
        stream.wait(queue.timer)
        stream.flush()
        stream.receive()
        for _ in range(stored, stream.received // unit):
            queue.write(block_byte)
        stored = stream.received // unit
        stream.send(queue.settle() * ACKNOWLEDGEMENT_BYTES)
    stream.send_all(0)
    queue.timer.close()
    return queue.durable_ns


def commit_here(
    stream: Stream, moments_ns: Sequence[int], block_byte: int, disk: DiskParams
) -> list[int]:
    """Be the primary of asynchronous replication: write at the given moments (ns).

    Returns when each write was committed, that is durable on the own disk (ns).
    """
    queue, next_write = DiskQueue(disk), Timer()
    begin_ns = time.monotonic_ns()
    written = 0
    next_write.set(begin_ns)
    acknowledged = len(moments_ns) * ACKNOWLEDGEMENT_BYTES
    while len(queue.durable_ns) < len(moments_ns) or stream.received < acknowledged:
        stream.wait(next_write, queue.timer)
        stream.flush()
        stream.receive()
        queue.settle()
        while written < len(moments_ns) and begin_ns + moments_ns[written] <= time.monotonic_ns():
            queue.write(block_byte)
            stream.send(HEADER_BYTES + block_byte)
            written += 1
        if written < len(moments_ns):
            next_write.set(begin_ns + moments_ns[written])
        else:
            next_write.stop()
    return queue.durable_ns


def store_later(
    stream: Stream, moments_ns: Sequence[int], block_byte: int, disk: DiskParams
) -> list[int]:
    """Be the replica of `commit_here`; return when each write was durable (ns)."""
    return store(stream, block_byte, len(moments_ns), disk)
