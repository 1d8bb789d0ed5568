"""Throughput by iperf3, measured in steady state.

iperf3 counts whole seconds; on a 400 Gbit/s path a second is 50 GB, and the first milliseconds are
slow start. So iperf3 is told how many bytes to send, and the payload that the receiver's kernel has
got (TCP_INFO, RFC 4898 tcpEStatsAppHCThruOctetsReceived) is read when the warm-up ends and again
after the duration. iperf3's own record is kept as it is.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from apn_emu.emulation.sockets import received_bytes
from apn_emu.emulation.tcp import MIN_WINDOW_BYTES, window_bytes
from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Steady
from apn_emu.measuring.workload import parameter
from apn_emu.planning.places import site_of
from apn_emu.planning.plan import Plan
from apn_emu.planning.steady import label as steady_label
from apn_emu.results.metric import Metric
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Congestion, Pairs, Rate

FIRST_PORT = 5201
POLL_S = 100e-6
SPARE, SPARE_S = 1.1, 1e-3
"""More is sent than is measured, so that the transfer does not end before the measurement."""

CONTROL_BYTES = 20_000
"""More than iperf3 says on its control connection, so what exceeds it is data."""
MAX_CONNECT_S = 60.0


class Iperf3(Steady):
    """Throughput, retransmits and loss by iperf3."""

    pairs: Pairs = parameter("Between which servers; data flows from the first.", key="iperf3")
    streams: int = parameter("Parallel connections of each pair.", 1, ge=1, le=128)
    protocol: Literal["tcp", "udp"] = parameter("Transport protocol.", "tcp")
    bitrate_bps: Rate | None = parameter(
        "Rate at which all streams of a pair together send; UDP needs one, TCP sends as fast as it "
        "can without one.",
        None,
    )
    congestion: Congestion | None = parameter(
        "TCP congestion control; else the kernel's own, cubic.", None
    )
    length_byte: int | None = parameter(
        "Bytes of one write (TCP) or of one datagram's payload (UDP).", None, ge=16, le=1_048_576
    )
    ip: Literal[4, 6] = parameter("Version of IP.", 4)

    metrics: ClassVar = {
        "jitter": Metric(
            DURATION,
            "delay variation between packets (RFC 3550 clause 6.4.1)",
            japanese="パケット間の遅延変動 (RFC 3550 6.4.1 節)",
        ),
    }

    may_be_dark = True

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Compare the parameters with the protocol."""
        if self.protocol == "udp" and self.bitrate_bps is None:
            yield "UDP has no rate of its own", "give bitrate, like 10G"
        if self.protocol == "udp" and self.congestion is not None:
            yield "UDP has no congestion control", "leave out congestion, or use tcp"

    def run(self, context: Context) -> Activity:
        """Send between every pair; rows `throughput` (bit/s of payload), and `retransmits` for TCP
        or `loss` and `jitter` for UDP."""

        def measure(source: str, destination: str, number: int) -> Activity:
            own = self.of_pair(context.plan, source, destination)
            port = FIRST_PORT + number
            receiver, sender = context.node(destination), context.node(source)
            name = f"{self.name}-{source}-{destination}.json".replace("/", ".")
            server = receiver.spawn(["iperf3", "-s", "-1", "-p", str(port)])
            yield context.timeline.sleep(0.01)
            with context.record(name) as file:
                client = sender.spawn(
                    _command(context, own, source, destination, port), stdout=file
                )
                if self.protocol == "tcp":
                    rate_bps = yield from _steady_rate(
                        context, own, receiver.namespace, port, client
                    )
                yield Exit(client)
            yield Exit(server)
            record = read(context.records / name)
            end = record["end"]
            if self.protocol == "tcp":
                retransmits = end["sum_sent"]["retransmits"]
                measured = [("throughput", rate_bps, "bit/s"), ("retransmits", retransmits, "1")]
            else:
                total = end["sum"]
                arrived = 1 - total["lost_packets"] / total["packets"]
                measured = [
                    ("throughput", round(total["bits_per_second"] * arrived), "bit/s"),
                    ("loss", round(1 - arrived, 9), "1"),
                    ("jitter", round(total["jitter_ms"] / 1e3, 12), "s"),
                ]
            ends = (own.name, label(source), label(destination))
            return [Row(*ends, *values) for values in measured]

        return context.for_pairs(self, measure)

    def of_pair(self, plan: Plan, source: str, destination: str) -> Iperf3:
        """Return the workload for one pair: with its own times and its name.

        The name says so where TCP streams cannot be steady. A path on demand is not known
        beforehand: then it counts as short.
        """
        ends = (site_of(source), site_of(destination))
        if not plan.joins(*ends):
            return replace(self, **self.lasting(0.0))
        times = self.lasting(plan.round_trip_ns(*ends) / 1e9)
        what = ""
        if self.protocol == "tcp":
            rate_bps = self.bitrate_bps or plan.path_rate_bps(*ends)
            what = steady_label(plan, ends, self.streams, rate_bps, times["warm_up_s"])
        return replace(self, **times, name=self.name + what)


def _command(context: Context, own: Iperf3, source: str, destination: str, port: int) -> list[str]:
    target = context.server(destination)
    sending_s = (own.warm_up_s + own.duration_s) * SPARE + SPARE_S
    rate_bps = own.bitrate_bps or expected_rate_bps(context.plan, source, destination)
    # iperf3 is done when it has written all, which is before what is on its way has arrived.
    on_its_way = _on_its_way_bytes(context.plan, source, destination, own.streams)
    sent_bytes = rate_bps / 8 * sending_s + on_its_way
    command = [
        *("iperf3", f"-{own.ip}", "-c", target.ipv6 if own.ip == 6 else target.ipv4),
        *("-p", str(port), "-J", "-i", "0", "-P", str(own.streams)),
        *("-n", str(math.ceil(sent_bytes))),
    ]
    if own.protocol == "udp":
        command.append("-u")
    if own.bitrate_bps:
        command += ["-b", str(round(own.bitrate_bps / own.streams))]
    if own.congestion:
        command += ["-C", own.congestion]
    if own.length_byte:
        command += ["-l", str(own.length_byte)]
    return command


def expected_rate_bps(plan: Plan, source: str, destination: str) -> float:
    """Return the rate of the narrowest place between two servers (`site/number`).

    Where no planned lightpath leads, one on demand may: then only the servers' cards are known.
    """
    here, there = map(site_of, (source, destination))
    if plan.joins(here, there):
        return plan.path_rate_bps(here, there)
    return min(plan.site_by_id[site].server_rate_bps for site in (here, there))


def _on_its_way_bytes(plan: Plan, source: str, destination: str, streams: int) -> int:
    """Return twice what can be between two servers, and what the senders' buffers hold at least.

    If no plan says what is between them, the windows of all streams.
    """
    here, there = map(site_of, (source, destination))
    if plan.joins(here, there):
        return 2 * plan.path_bytes(here, there) + streams * MIN_WINDOW_BYTES
    return streams * window_bytes(plan, plan.site_by_id[here])


def _steady_rate(context: Context, own: Iperf3, receiver: Any, port: int, client: Any) -> Activity:
    """Return the payload rate that the receiver saw between warm-up and end."""
    timeline = context.timeline
    limit_s = timeline.now_s + MAX_CONNECT_S
    while received_bytes(receiver, port) < CONTROL_BYTES:
        if client.poll() is not None or timeline.now_s > limit_s:
            return 0.0
        yield timeline.sleep(POLL_S)
    yield timeline.sleep(own.warm_up_s)
    first_s, first = timeline.now_s, received_bytes(receiver, port)
    yield timeline.sleep(own.duration_s)
    last_s, last = timeline.now_s, received_bytes(receiver, port)
    if last < first:
        raise EmulationError(f"iperf3 to port {port} ended before it had been measured")
    return round((last - first) * 8 / (last_s - first_s))


def read(path: Path) -> dict[str, Any]:
    """Return an iperf3 record; raise `EmulationError` with what iperf3 says went wrong."""
    try:
        record: dict[str, Any] = json.loads(path.read_text())
    except ValueError as error:
        raise EmulationError(f"iperf3 left no record in {path.name}") from error
    if "error" in record:
        raise EmulationError(f"iperf3 failed ({path.name}): {record['error']}")
    return record
