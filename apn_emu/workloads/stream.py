"""A long TCP connection whose throughput is followed: how long it stalls, and when it recovers."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import between
from apn_emu.measuring.context import Context, Row, Series, label
from apn_emu.measuring.families import Followed
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import Metric
from apn_emu.traffic.streaming import pump, watch
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Pairs, Period

RECOVERED = 0.9
"""Share of the throughput before a stall at which TCP has recovered."""


class Stream(Followed):
    """A long TCP connection whose throughput is followed: how long it stalls, when it recovers."""

    pairs: Pairs = parameter("Between which servers; data flows from the first.", key="stream")
    interval_s: Period = parameter("Time between two values of the throughput.", 1e-3)
    duration_s: Period = parameter("How long is sent, the warm-up included.", 1.0)

    metrics: ClassVar = {
        "stall": Metric(
            DURATION,
            "longest time in which a TCP connection brought nothing",
            japanese="TCP 接続で何も届かなかった最長時間",
        ),
        "recovery": Metric(
            DURATION,
            "from the beginning of that stall until TCP is back at 90 % of its throughput",
            japanese="その停止の開始から TCP が元のスループットの 90 % に戻るまで",
        ),
    }

    def run(self, context: Context) -> Activity:
        """Send between every pair; rows `throughput` (mean after the warm-up), `stall` (longest
        time without payload) and, if there was a stall and TCP recovered, `recovery` (from its
        beginning); and the throughput over time."""
        interval_ns = round(self.interval_s * 1e9)
        count = max(1, round(self.duration_s / self.interval_s))

        def measure(source: str, destination: str, number: int) -> Activity:
            start_s, start_ns = context.timeline.now_s, time.monotonic_ns()
            moments = (start_ns, interval_ns, count)
            _, arrived = yield from between(context, source, destination, pump, watch, *moments)
            rates_bps = rates(arrived, count, self.interval_s)
            ends = (self.name, label(source), label(destination))
            context.series.append(Series(*ends, start_s, self.interval_s, rates_bps))
            skipped = round(self.warm_up_s / self.interval_s)
            measured = read(rates_bps[skipped:], self.interval_s)
            return [Row(*ends, *values) for values in measured]

        return context.for_pairs(self, measure)


def rates(arrived: Sequence[int], count: int, interval_s: float) -> list[int]:
    """Return the throughput of each interval from the payload received by its end.

    Intervals after the connection had ended have none.
    """
    ends = [*arrived, *[arrived[-1] if arrived else 0] * (count - len(arrived))]
    return [
        round((end - begin) * 8 / interval_s) for begin, end in zip([0, *ends], ends, strict=False)
    ]


def read(rates_bps: Sequence[int], interval_s: float) -> list[tuple[str, float, str]]:
    """Return (metric, value, unit) of a throughput over time."""
    mean_bps = round(sum(rates_bps) / len(rates_bps)) if rates_bps else 0
    begin, length = _longest_stall(rates_bps)
    measured: list[tuple[str, float, str]] = [
        ("throughput", mean_bps, "bit/s"),
        ("stall", round(length * interval_s, 9), "s"),
    ]
    before = rates_bps[:begin]
    if length and before:
        wanted_bps = RECOVERED * sorted(before)[len(before) // 2]
        after = range(begin + length, len(rates_bps))
        back = next((index for index in after if rates_bps[index] >= wanted_bps), None)
        if back is not None:
            measured.append(("recovery", round((back - begin) * interval_s, 9), "s"))
    return measured


def _longest_stall(rates_bps: Sequence[int]) -> tuple[int, int]:
    """Return where the longest run of intervals without payload begins, and its length."""
    longest, place = (0, 0), 0
    for rate_bps, run_of in groupby(rates_bps):
        length = len(list(run_of))
        if rate_bps == 0 and length > longest[1]:
            longest = place, length
        place += length
    return longest
