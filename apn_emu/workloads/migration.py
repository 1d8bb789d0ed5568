"""Live migration of a virtual machine by pre-copy, its memory's bytes really sent.

The first round sends all memory while the machine runs, each further one what was written
meanwhile; when the rest is small enough the machine stops, the rest is sent, and it goes on at the
destination after the switch-over (`precopy` has the rules and their sources). A round ends when the
destination says that it has everything. Of a round larger than `sent_at_most_byte` only that much
is sent, the rest takes its time at the rate of the second half; the kind then ends in
`.extrapolated`.
"""

from __future__ import annotations

from typing import Any

from apn_emu.emulation.timeline import Activity
from apn_emu.traffic.precopy import copy_in, copy_out
from apn_emu.workloads.connections import between
from apn_emu.workloads.context import Context, Row, label


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Migrate from the first to the second of every pair; rows `migration_time` and `downtime` (s),
    `migration_data` (byte) and `migration_rounds`."""
    machine = (
        params["memory_byte"],
        params["page_byte"],
        params["dirty_byte_s"],
        params["working_set_byte"],
    )
    limits = (params["downtime_limit_s"], params["most_rounds"], params["sent_at_most_byte"])

    args = (machine, limits, params["host_rate_bps"])

    def measure(source: str, destination: str, number: int) -> Activity:
        rounds, _ = yield from between(
            context, source, destination, copy_out, copy_in, *args, congestion=params["congestion"]
        )
        most_sent = max(size for size, _ in rounds)
        extrapolated = ".extrapolated" if most_sent > params["sent_at_most_byte"] else ""
        ends = (params["name"] + extrapolated, label(source), label(destination))
        downtime_s = rounds[-1][1] + params["switch_over_s"]
        total_s = sum(duration_s for _, duration_s in rounds) + params["switch_over_s"]
        return [
            Row(*ends, "migration_time", round(total_s, 9), "s"),
            Row(*ends, "downtime", round(downtime_s, 9), "s"),
            Row(*ends, "migration_data", sum(size for size, _ in rounds), "byte"),
            Row(*ends, "migration_rounds", len(rounds), "1"),
        ]

    return context.for_pairs(params, measure)
