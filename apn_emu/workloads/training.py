"""Data-parallel training: each step computes, and sums the gradients of all servers.

A step is a time of computing and an all-reduce of the gradient in buckets, part of which goes on
beside the computing (`training_model`). The network is idle while nothing is ready, then the first
`sent_buckets` buckets are really sent, one after the other; the others take as long as the last of
these, and the rows' kind then ends in `.extrapolated`. Each server stands for one data-parallel
rank; what happens inside a server (tensor parallelism, adding numbers) is in its computing time.

The step in one site is calculated, not measured: the same servers behind one switch without any
latency, each card sending a ring's share at its full rate. So no real site does better, and the
ratio to it is not flattered. A measured comparison is a run of the same workload in one site.
"""

from __future__ import annotations

import statistics
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring import exchange
from apn_emu.measuring.context import Context, Row
from apn_emu.measuring.families import OnServers
from apn_emu.measuring.training_model import all_bucket_times, bucket_sizes, step_time
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import COUNT, Metric
from apn_emu.traffic.programs import programs
from apn_emu.units import DURATION, FRACTION
from apn_emu.workloads.collective import EVERYWHERE, bus_factor, make_schedule

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Period, Servers, Size

PRECISION_BYTES = {"fp32": 4, "bf16": 2, "fp16": 2, "fp8": 1}


class Training(OnServers):
    """Data-parallel training: computing, and summing the gradients of all servers each step."""

    on: Servers = parameter("Which servers: `all` or a list; each is one rank.", key="training")
    parameters: float = parameter("Parameters of the model, like `7e9`.", gt=0)
    compute_s: Period = parameter("Time of computing of one step: forward and backward pass.")
    precision: Literal["fp32", "bf16", "fp16", "fp8"] = parameter(
        "Of a gradient on the wire: 4, 2, 2 or 1 bytes.", "bf16"
    )
    algorithm: Literal["ring", "hierarchical", "tree"] = parameter(
        "As for all-reduce.", "hierarchical"
    )
    overlap: float = parameter(
        "Part of the computing, at its end, during which gradients become ready and are sent. The "
        "default is the backward pass: 4 of 6 operations for each parameter and token (Kaplan et "
        "al. 2020).",
        0.667,
        ge=0,
        le=1,
    )
    bucket_byte: Size = parameter(
        "Gradients summed at once; the default is PyTorch's `bucket_cap_mb`.", 25 * 2**20
    )
    sent_buckets: int = parameter(
        "Buckets of a step that are really sent; the others take as long as the last.", 3, ge=1
    )
    iterations: int = parameter("Steps that are measured.", 1, ge=1)

    metrics: ClassVar = {
        "step_time": Metric(
            DURATION, "time of one training step", japanese="学習 1 ステップの時間"
        ),
        "step_time_ratio": Metric(
            COUNT,
            "step time over that in one site without latency",
            japanese="遅延のない 1 拠点の場合に対するステップ時間の比",
        ),
        "communication_share": Metric(
            FRACTION,
            "of a training step, beyond its computing",
            japanese="学習ステップのうち計算以外の割合",
        ),
    }

    @property
    def gradient_bytes(self) -> int:
        """Bytes that each server has to sum in a step."""
        return round(self.parameters * PRECISION_BYTES[self.precision])

    def run(self, context: Context) -> Activity:
        """Run the steps; rows `step_time` (s, each step), `communication_share` (of the step,
        beyond computing), `step_time_ratio` (to one site), `bus_bandwidth` (bit/s, last bucket
        sent)."""
        places = context.places(self.on)
        compute_s, overlap = self.compute_s, self.overlap
        sizes = bucket_sizes(self.gradient_bytes, self.bucket_byte)
        sent = min(self.sent_buckets, len(sizes))
        schedule = make_schedule("all-reduce", self.algorithm, places, self.pieces)
        bucket = programs(schedule, sizes[0])
        idle_ns = round(compute_s * (1 - overlap) * 1e9)
        steps = [
            exchange.Step(bucket, 0 if number else idle_ns, together=number == 0)
            for _ in range(self.warm_up_iterations + self.iterations)
            for number in range(sent)
        ]
        context.progress(f"{self.name} on {len(places)} servers")
        spans = yield from exchange.run(context, places, steps, self.congestion)
        rows: list[Row] = []
        kind = self.name + (".extrapolated" if sent < len(sizes) else "")
        ends = (kind, EVERYWHERE, EVERYWHERE)
        step_times, last_bucket_s = [], []
        for begin in range(self.warm_up_iterations * sent, len(spans), sent):
            of_step = spans[begin : begin + sent]
            moments = [of_step[0].began_ns, *(span.ended_ns for span in of_step)]
            times = [(after - before) / 1e9 for before, after in pairwise(moments)]
            step_times.append(step_time(compute_s, overlap, all_bucket_times(times, len(sizes))))
            last_bucket_s.append(times[-1])
            rows.append(Row(*ends, "step_time", round(step_times[-1], 9), "s"))
        mean_s = statistics.fmean(step_times)
        factor = bus_factor("all-reduce", len(places))
        fastest_s = factor * sizes[0] * 8 / context.slowest_card_bps(places)
        one_site_s = step_time(compute_s, overlap, [fastest_s] * len(sizes))
        bus_bps = factor * sizes[0] * 8 / statistics.fmean(last_bucket_s)
        return [
            *rows,
            Row(*ends, "communication_share", round(1 - compute_s / mean_s, 9), "1"),
            Row(*ends, "step_time_ratio", round(mean_s / one_site_s, 9), "1"),
            Row(*ends, "bus_bandwidth", round(bus_bps), "bit/s"),
        ]
