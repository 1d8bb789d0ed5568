"""Round-trip time, one-way delay and its variation by UDP probes, if wanted hop by hop."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar

from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.measuring import hops
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Counted
from apn_emu.measuring.workload import parameter
from apn_emu.results.delay import ipdv_s, pdv_s
from apn_emu.results.metric import Metric
from apn_emu.traffic import probes
from apn_emu.traffic.sockets import datagram_socket
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Pairs, Period

PATIENCE_ROUND_TRIPS, PATIENCE_NS = 3, 100_000_000
"""How long after the last probe a reply is waited for: three empty round trips and 0.1 s, which is
more than all queues on the way hold."""


class Latency(Counted):
    """Round-trip time, one-way delay and its variation by UDP probes (TWAMP, RFC 5357).

    Each probe gives a sample of `rtt` and, each way, of `delay`; each way has a packet delay
    variation `pdv` (RFC 5481) and inter-packet delay variation `ipdv` (RFC 3393). Under load: let
    it `start` while an `iperf3` runs.
    """

    pairs: Pairs = parameter("Between which servers.", key="latency")
    count: int = parameter("Probes for each pair.", 100, ge=1, le=100_000)
    interval_s: Period = parameter("Time between two probes.", 100e-6)
    size_byte: int = parameter("Payload of a probe in bytes.", 64, ge=48, le=8192)
    by_hop: bool = parameter(
        "Say also how long each probe took from place to place (`hop_delay`: switch, ROADMs, "
        "transponders), beside the plan's latency budget (`planned_hop_delay`).",
        False,
    )

    metrics: ClassVar = {
        "pdv": Metric(
            DURATION,
            "99.9th percentile of the one-way delay above its minimum (RFC 5481 clause 4.2)",
            japanese="片道遅延の最小値に対する 99.9 % 点 (RFC 5481 4.2 節)",
        ),
        "ipdv": Metric(
            DURATION,
            "mean change of the one-way delay from packet to packet (RFC 3393, RFC 5481 clause "
            "4.1)",
            japanese="連続するパケット間の片道遅延の変化の平均 (RFC 3393、RFC 5481 4.1 節)",
        ),
        "hop_delay": Metric(
            DURATION,
            "time of one packet to a place from the one before on its way",
            japanese="経路上の直前の地点からその地点までの 1 パケットの所要時間",
        ),
        "planned_hop_delay": Metric(
            DURATION,
            "what the plan's latency budget says of that, queues being empty",
            japanese="計画の遅延配分による同じ区間の値(待ち行列なし)",
        ),
    }

    def run(self, context: Context) -> Activity:
        """Probe every pair; rows of each probe `rtt` and, each way, `delay` (s); each way `pdv` and
        `ipdv` (s); `loss` (of all probes, there and back); with `by_hop`, what `hops.rows` says."""

        def measure(source: str, destination: str, number: int) -> Activity:
            here, there = context.node(source), context.node(destination)
            size_bytes = self.size_byte
            round_trip_ns = context.plan.round_trip_ns(here.planned.site, there.planned.site)
            port = context.take_ports()
            with ExitStack() as open_here:
                on_the_way: list[hops.Point] = []
                if self.by_hop:
                    on_the_way = hops.points(context, source, destination, size_bytes)
                taps = open_here.enter_context(hops.tapped(on_the_way, size_bytes))
                with there.namespace.entered():
                    echoing = open_here.enter_context(datagram_socket(port))
                with here.namespace.entered():
                    probing = open_here.enter_context(datagram_socket(port))
                reflector = there.fork(probes.reflect, echoing)
                prober = here.fork(
                    probes.probe,
                    probing,
                    (there.planned.ipv4, port),
                    self.count,
                    round(self.interval_s * 1e9),
                    size_bytes,
                    PATIENCE_ROUND_TRIPS * round_trip_ns + PATIENCE_NS,
                )
                yield Exit(prober)
                reflector.end()
                samples = [probes.Sample(*sample) for sample in prober.result()]
                ends = (label(source), label(destination))
                rows = list(read(self.name, ends, samples, self.count))
                if self.by_hop:
                    rows += hops.rows(self.name, ends, on_the_way, taps, samples)
                return rows

        return context.for_pairs(self, measure)


def read(
    name: str, ends: tuple[str, str], samples: Sequence[probes.Sample], count: int
) -> Iterator[Row]:
    """Yield the rows of the probes that came back, of `count` that were sent.

    The round trip leaves out the time in the reflector (RFC 5357 clause 4.2).
    """
    there = [(sample.arrived - sample.sent) / 1e9 for sample in samples]
    back = [(sample.returned - sample.reflected) / 1e9 for sample in samples]
    for out_s, in_s in zip(there, back, strict=True):
        yield Row(name, *ends, "rtt", round(out_s + in_s, 9), "s")
    for (source, destination), delays_s in ((ends, there), (ends[::-1], back)):
        for delay_s in delays_s:
            yield Row(name, source, destination, "delay", delay_s, "s")
        if delays_s:
            yield Row(name, source, destination, "pdv", round(pdv_s(delays_s), 12), "s")
            yield Row(name, source, destination, "ipdv", round(ipdv_s(delays_s), 12), "s")
    yield Row(name, *ends, "loss", round(1 - len(samples) / count, 9), "1")
