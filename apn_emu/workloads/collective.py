"""Collective operations between all servers, as distributed training and HPC use them.

Sizes and bandwidths are those of nccl-tests (doc/PERFORMANCE.md): size is the whole message (what
all-gather ends with, what reduce-scatter and all-to-all begin with); algorithm bandwidth is size
over time; bus bandwidth is what a ring sends through each card in that time, so that it compares
with the card's rate whatever the number of ranks. Here in bit/s of payload.

Ranks begin together and an operation ends when the last rank has all its bytes. Adding numbers
costs nothing. Sizes for which all servers together would send more than `sent_at_most_byte` are
extrapolated from the fastest iterations of the two largest below it, and the rows' kind says so.
"""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring import exchange
from apn_emu.measuring.context import Context, Row
from apn_emu.measuring.extrapolation import extrapolate, least_s_per_byte
from apn_emu.measuring.families import OnServers
from apn_emu.measuring.workload import parameter
from apn_emu.planning.places import site_of
from apn_emu.results.metric import Metric
from apn_emu.traffic.programs import programs, sent_bytes
from apn_emu.traffic.schedules import (
    Schedule,
    direct_all_to_all,
    hierarchical_all_reduce,
    ring_all_gather,
    ring_all_reduce,
    ring_reduce_scatter,
)
from apn_emu.traffic.trees import double_tree_all_reduce
from apn_emu.units import DURATION, RATE, format_size
from apn_emu.workloads.iperf3 import expected_rate_bps

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import OneOrMore, Servers, Size

EVERYWHERE = "*"
"""Source and destination of what has no two ends."""

LEAST_MEASURED = 2


class Collective(OnServers):
    """A collective operation for several message sizes, measured as nccl-tests does."""

    operation: Literal["all-reduce", "reduce-scatter", "all-gather", "all-to-all"] = parameter(
        "The operation; size is that of nccl-tests.", key="collective"
    )
    on: Servers = parameter("Which servers: `all` or a list. Their order is the ring's.", "all")
    algorithm: Literal["ring", "hierarchical", "tree"] | None = parameter(
        "For all-reduce: `ring`, `hierarchical` (inside each site, then rings between the sites) "
        "or `tree` (two binary trees at once); else `ring`. The others have one way: rings, and "
        "for all-to-all all at once.",
        None,
    )
    sizes_byte: OneOrMore[Size] = parameter(
        "Message sizes.",
        (1_000, 32_000, 1_000_000, 8_000_000, 32_000_000, 256_000_000, 1_000_000_000),
        min_length=1,
    )
    sent_at_most_byte: Size = parameter(
        "Sizes for which all servers together would send more are extrapolated from the two "
        "largest below; the two smallest are always sent.",
        700_000_000,
    )

    metrics: ClassVar = {
        "operation_time": Metric(
            DURATION,
            "time of a collective operation, until the last server has all its bytes",
            japanese="集団通信の所要時間(最後のサーバが全バイトを受け取るまで)",
        ),
        "algorithm_bandwidth": Metric(
            RATE,
            "message size over operation time (nccl-tests algbw)",
            japanese="メッセージ長を所要時間で割った値 (nccl-tests algbw)",
        ),
    }

    def defaults(self) -> dict[str, Any]:
        """Return the algorithm, and the name of both."""
        ring = "ring" if self.operation == "all-reduce" else None
        algorithm = self.algorithm or ring
        return {
            "algorithm": algorithm,
            "name": "-".join(filter(None, (self.operation, algorithm))),
        }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Compare the algorithm with the operation."""
        yield from super().check(written)
        if self.algorithm is not None and self.operation != "all-reduce":
            yield f"{self.operation} has one algorithm", "leave out algorithm"

    def run(self, context: Context) -> Activity:
        """Run the operation for all sizes; rows `operation_time` (s, each iteration),
        `algorithm_bandwidth` and `bus_bandwidth` (bit/s, from the mean time)."""
        places = context.places(self.on)
        schedule = make_schedule(self.operation, self.algorithm, places, self.pieces)
        sizes = sorted(set(self.sizes_byte))
        measured_sizes = [
            size
            for number, size in enumerate(sizes)
            if number < LEAST_MEASURED or sent_bytes(schedule, size) <= self.sent_at_most_byte
        ]
        each = self.warm_up_iterations + self.iterations
        steps = [
            exchange.Step(parts)
            for parts in (programs(schedule, size) for size in measured_sizes)
            for _ in range(each)
        ]
        context.progress(f"{self.name} between {len(places)} servers")
        spans = yield from exchange.run(context, places, steps, self.congestion)
        rows: list[Row] = []
        best: list[tuple[int, float]] = []
        factor = bus_factor(self.operation, len(places))
        for number, size in enumerate(measured_sizes):
            of_size = spans[number * each : (number + 1) * each]
            times = [span.seconds for span in of_size[self.warm_up_iterations :]]
            best.append((size, min(times)))  # TCP has found its rate
            rows += _rows(f"{self.name}.{format_size(size)}", size, times, factor)
        least = least_s_per_byte(
            schedule,
            places,
            lambda place: context.slowest_card_bps([place]),
            partial(expected_rate_bps, context.plan),
        )
        for size in sizes[len(measured_sizes) :]:
            time_s = round(extrapolate(best, size, least), 9)
            kind = f"{self.name}.{format_size(size)}.extrapolated"
            rows += _rows(kind, size, [time_s], factor)
        return rows


def _rows(kind: str, size_byte: int, times_s: Sequence[float], factor: float) -> list[Row]:
    algorithm_bps = size_byte * 8 / statistics.fmean(times_s)
    ends = (kind, EVERYWHERE, EVERYWHERE)
    return [
        *(Row(*ends, "operation_time", time_s, "s") for time_s in times_s),
        Row(*ends, "algorithm_bandwidth", round(algorithm_bps), "bit/s"),
        Row(*ends, "bus_bandwidth", round(algorithm_bps * factor), "bit/s"),
    ]


def make_schedule(operation: str, algorithm: str, places: Sequence[str], pieces: int) -> Schedule:
    """Return the schedule; ranks are the places (`site/number`) in order, sites are the groups."""
    ranks = len(places)
    if algorithm == "tree":
        return double_tree_all_reduce(ranks, pieces)
    if algorithm == "hierarchical":
        numbered = sorted(enumerate(places), key=lambda item: site_of(item[1]))
        groups = [
            [rank for rank, _ in group]
            for _, group in groupby(numbered, key=lambda item: site_of(item[1]))
        ]
        return hierarchical_all_reduce(sorted(groups))
    return SCHEDULES[operation](ranks)


SCHEDULES = {
    "all-reduce": ring_all_reduce,
    "reduce-scatter": ring_reduce_scatter,
    "all-gather": ring_all_gather,
    "all-to-all": direct_all_to_all,
}
"""By operation, where no algorithm says otherwise: rings, and all at once for all-to-all."""


def bus_factor(operation: str, ranks: int) -> float:
    """Return bus bandwidth over algorithm bandwidth (nccl-tests, doc/PERFORMANCE.md)."""
    ways = 2 if operation == "all-reduce" else 1
    return ways * (ranks - 1) / ranks
