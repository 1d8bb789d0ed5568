"""Asynchronous replication of a block device: a write is committed before the replica has it.

Writes come at random moments (Poisson), are committed when the primary's disk has them, and are
sent on in the same order as fast as the network takes them, as in DRBD's protocol A. What would be
lost if the primary's site were lost is what is committed there and not yet durable at the replica.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import between
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Replicated
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import Metric
from apn_emu.traffic.replicas import commit_here, store_later
from apn_emu.units import DURATION, SIZE

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Pairs, Size


class AsynchronousReplication(Replicated):
    """A write is committed before the replica has it: lag, and what a loss of the site costs."""

    pairs: Pairs = parameter(
        "Primary and replica, like those of ping.", key="asynchronous-replication"
    )
    block_byte: Size = parameter("Block size.", 16384)
    write_iops: float = parameter("Writes per second, at random moments (Poisson).", 20_000, gt=0)
    operations: int = parameter("Writes that are measured.", 1000, ge=1)

    metrics: ClassVar = {
        "replication_lag": Metric(
            DURATION,
            "from a write's commit at the primary until it is durable at the replica",
            japanese="主系での確定から複製系で永続化されるまで",
        ),
        "rpo": Metric(
            DURATION,
            "age of the oldest write that a loss of the primary's site costs, at most",
            japanese="主系の拠点を失った場合に失われる最も古い書き込みの経過時間の上限",
        ),
        "rpo_data": Metric(
            SIZE,
            "bytes that a loss of the primary's site costs, at most",
            japanese="主系の拠点を失った場合に失われるバイト数の上限",
        ),
    }

    def run(self, context: Context) -> Activity:
        """Replicate from the first to the second of every pair; rows `replication_lag` (s, each
        write), `rpo` (s) and `rpo_data` (byte): the most that a loss of the first site would have
        cost."""

        def measure(source: str, destination: str, number: int) -> Activity:
            moments_ns = arrivals(self.write_iops, self.operations, f"{context.plan.seed} {number}")
            block = self.block_byte
            args = (moments_ns, block, self.disk)
            results = yield from between(
                context,
                source,
                destination,
                commit_here,
                store_later,
                *args,
                congestion=self.congestion,
            )
            committed_ns, durable_ns = results
            lags_ns, most_writes = exposure(committed_ns, durable_ns)
            ends = (self.name, label(source), label(destination))
            return [
                *(Row(*ends, "replication_lag", lag / 1e9, "s") for lag in lags_ns),
                Row(*ends, "rpo", max(lags_ns) / 1e9, "s"),
                Row(*ends, "rpo_data", most_writes * block, "byte"),
            ]

        return context.for_pairs(self, measure)


def arrivals(rate_hz: float, count: int, seed: str) -> list[int]:
    """Return the moments of `count` writes, in ns from the first: a Poisson process."""
    draw = random.Random(seed)
    moments, now_s = [], 0.0
    for _ in range(count):
        moments.append(round(now_s * 1e9))
        now_s += draw.expovariate(rate_hz)
    return moments


def exposure(committed_ns: Sequence[int], durable_ns: Sequence[int]) -> tuple[list[int], int]:
    """Return how long each write was in danger (ns), and how many were at once, at most.

    Both lists are in the order of the writes. A write that the replica had first was never in
    danger.
    """
    lags = [max(0, late - early) for early, late in zip(committed_ns, durable_ns, strict=True)]
    stored, most = 0, 0
    for committed, now in enumerate(committed_ns, start=1):
        while stored < len(durable_ns) and durable_ns[stored] <= now:
            stored += 1
        most = max(most, committed - stored)
    return lags, most
