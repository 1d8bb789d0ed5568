"""Synchronous replication of a block device: a write is committed when both sites have it.

The primary hands each write to its disk and sends it to the replica, which acknowledges it when it
is durable there; commit latency counts from the hand-over until both have happened, as in DRBD's
protocol C. `depth` writes are on their way at any time (a closed loop, as fio's iodepth), so IOPS
are depth over latency (Little's law) until disk or network is full. What disks take is arithmetic
(`disk`); the blocks and acknowledgements really cross the network.
"""

from __future__ import annotations

from typing import Any

from apn_emu.emulation.timeline import Activity
from apn_emu.traffic.disk import disk_params
from apn_emu.traffic.replicas import commit_in_both, store_loads
from apn_emu.units import format_size
from apn_emu.workloads.connections import between
from apn_emu.workloads.context import Context, Row, label


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Replicate from the first to the second of every pair; rows `commit_latency` (s, each write)
    and `iops` (1/s), the kind tells block size and depth."""
    loads = [(block, depth) for block in params["blocks_byte"] for depth in params["depths"]]
    operations = params["operations"]

    def measure(source: str, destination: str, number: int) -> Activity:
        args = (loads, operations, disk_params(params))
        commits, _ = yield from between(
            context,
            source,
            destination,
            commit_in_both,
            store_loads,
            *args,
            congestion=params["congestion"],
        )
        rows = []
        for (block, depth), (submitted_ns, committed_ns) in zip(loads, commits, strict=True):
            kind = f"{params['name']}.{format_size(block)}.depth{depth}"
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

    return context.for_pairs(params, measure)
