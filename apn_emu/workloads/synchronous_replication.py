"""Synchronous replication of a block device: a write is committed when both sites have it.

The primary hands each write to its disk and sends it to the replica, which acknowledges it when it
is durable there; commit latency counts from the hand-over until both have happened, as in DRBD's
protocol C. `depth` writes are on their way at any time (a closed loop, as fio's iodepth), so IOPS
are depth over latency (Little's law) until disk or network is full. What disks take is arithmetic
(`disk`); the blocks and acknowledgements really cross the network.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, ClassVar

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import between
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Replicated
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import EVENT_RATE, Metric
from apn_emu.traffic.replicas import commit_in_both, store_loads
from apn_emu.units import format_size

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import OneOrMore, Pairs, Size


class SynchronousReplication(Replicated):
    """A write is committed when it is durable in both sites: latency and IOPS by queue depth."""

    pairs: Pairs = parameter(
        "Primary and replica, like those of ping.", key="synchronous-replication"
    )
    blocks_byte: OneOrMore[Size] = parameter("Block sizes.", (4096, 65536), min_length=1)
    depths: OneOrMore[int] = parameter(
        "Queue depths: writes on their way at once.", (1, 16, 128), min_length=1
    )
    operations: int = parameter(
        "Writes that are measured, for each block size and depth.", 256, ge=1
    )

    metrics: ClassVar = {
        "iops": Metric(
            EVENT_RATE, "committed writes per second", japanese="1 秒あたりに確定した書き込み"
        ),
    }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse a depth of nothing."""
        yield from super().check(written)
        if min(self.depths) < 1:
            yield "a queue depth is 1 or more", "write them like [1, 16, 128]"

    def run(self, context: Context) -> Activity:
        """Replicate from the first to the second of every pair; rows `commit_latency` (s, each
        write) and `iops` (1/s), the kind tells block size and depth."""
        loads = [(block, depth) for block in self.blocks_byte for depth in self.depths]
        operations = self.operations

        def measure(source: str, destination: str, number: int) -> Activity:
            args = (loads, operations, self.disk)
            commits, _ = yield from between(
                context,
                source,
                destination,
                commit_in_both,
                store_loads,
                *args,
                congestion=self.congestion,
            )
            rows = []
            for (block, depth), (submitted_ns, committed_ns) in zip(loads, commits, strict=True):
                kind = f"{self.name}.{format_size(block)}.depth{depth}"
                ends = (kind, label(source), label(destination))
                latencies_ns = [
                    end - begin for begin, end in zip(submitted_ns, committed_ns, strict=True)
                ]
                rows += [
                    Row(*ends, "commit_latency", latency / 1e9, "s")
                    for latency in latencies_ns[-operations:]
                ]
                spent_s = (committed_ns[-1] - committed_ns[-operations - 1]) / 1e9
                rows.append(Row(*ends, "iops", round(operations / spent_s, 3), "1/s"))
            return rows

        return context.for_pairs(self, measure)
