"""Live migration of a virtual machine by pre-copy, its memory's bytes really sent.

The first round sends all memory while the machine runs, each further one what was written
meanwhile; when the rest is small enough the machine stops, the rest is sent, and it goes on at the
destination after the switch-over (`precopy` has the rules and their sources). A round ends when the
destination says that it has everything. Of a round larger than `sent_at_most_byte` only that much
is sent, the rest takes its time at the rate of the second half; the kind then ends in
`.extrapolated`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, ClassVar

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import between
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import CountedOverTcp
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import COUNT, Metric
from apn_emu.traffic.precopy import copy_in, copy_out
from apn_emu.units import DURATION, SIZE

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Duration, Pairs, Period, Rate, Size


class Migration(CountedOverTcp):
    """Live migration of a virtual machine by pre-copy (Clark et al. 2005, QEMU)."""

    pairs: Pairs = parameter("From which server to which.", key="migration")
    memory_byte: Size = parameter("The machine's.", 4 * 2**30)
    page_byte: Size = parameter("Page size.", 4096)
    working_set_byte: Size = parameter(
        "Memory that is written to, evenly; the default is an assumption.", 512 * 2**20
    )
    dirty_rate_bps: Rate = parameter(
        "Page size times writes to pages per second; the default is an assumption.", 1.6e9
    )
    downtime_limit_s: Period = parameter(
        "The machine stops when the rest can be sent in this time (QEMU's default).", 0.3
    )
    most_rounds: int = parameter("It stops in this round at the latest (Xen's 30).", 30, ge=1)
    switch_over_s: Duration = parameter(
        "From the last byte until it runs: device state, announcing its addresses. The default is "
        "an assumption.",
        0.03,
    )
    host_rate_bps: Rate | None = parameter(
        "What the sending host can do at most; else the network alone decides.", None
    )
    sent_at_most_byte: Size = parameter(
        "Of a larger round so much is sent, the rest is extrapolated.", 256_000_000
    )

    metrics: ClassVar = {
        "migration_time": Metric(
            DURATION,
            "from the first byte until the machine runs elsewhere",
            japanese="最初のバイトから移行先で仮想マシンが動くまで",
        ),
        "downtime": Metric(
            DURATION,
            "how long a migrated machine does not run",
            japanese="移行される仮想マシンが停止している時間",
        ),
        "migration_data": Metric(
            SIZE, "bytes sent for a migration", japanese="移行のために送ったバイト数"
        ),
        "migration_rounds": Metric(
            COUNT,
            "rounds of copying memory, the last one included",
            japanese="メモリをコピーした回数(最後の回を含む)",
        ),
    }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Compare the sizes."""
        yield from super().check(written)
        if not self.page_byte <= self.working_set_byte <= self.memory_byte:
            message = "page, working_set and memory do not contain each other"
            yield message, "page <= working_set <= memory"

    def run(self, context: Context) -> Activity:
        """Migrate from the first to the second of every pair; rows `migration_time` and `downtime`
        (s), `migration_data` (byte) and `migration_rounds`."""
        machine = (
            self.memory_byte,
            self.page_byte,
            self.dirty_rate_bps / 8,
            self.working_set_byte,
        )
        limits = (self.downtime_limit_s, self.most_rounds, self.sent_at_most_byte)

        args = (machine, limits, self.host_rate_bps)

        def measure(source: str, destination: str, number: int) -> Activity:
            rounds, _ = yield from between(
                context, source, destination, copy_out, copy_in, *args, congestion=self.congestion
            )
            most_sent = max(size for size, _ in rounds)
            extrapolated = ".extrapolated" if most_sent > self.sent_at_most_byte else ""
            ends = (self.name + extrapolated, label(source), label(destination))
            downtime_s = rounds[-1][1] + self.switch_over_s
            total_s = sum(duration_s for _, duration_s in rounds) + self.switch_over_s
            return [
                Row(*ends, "migration_time", round(total_s, 9), "s"),
                Row(*ends, "downtime", round(downtime_s, 9), "s"),
                Row(*ends, "migration_data", sum(size for size, _ in rounds), "byte"),
                Row(*ends, "migration_rounds", len(rounds), "1"),
            ]

        return context.for_pairs(self, measure)
