"""Outage, loss and one-way delay by probe packets at a steady interval (`traffic.probing`)."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from apn_emu.emulation.children import Child
from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.measuring.context import Context, Gap, Row, label
from apn_emu.measuring.families import Followed
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import COUNT, Metric
from apn_emu.traffic.probing import probe, receiver_socket
from apn_emu.traffic.sockets import now_ns
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Pairs, Period

WAIT_NS = 200_000_000
"""How long the last packet may be on its way: longer than any path, with its queues."""


class Probe(Followed):
    """Outage, loss and one-way delay by UDP packets at a steady interval."""

    pairs: Pairs = parameter("Between which servers.", key="probe")
    interval_s: Period = parameter(
        "Time between two packets: how exactly an outage is measured.", 100e-6
    )
    duration_s: Period = parameter("How long packets are sent.", 1.0)
    size_byte: int = parameter("Payload in bytes, 16 at least.", 64, ge=16, le=8900)
    both_ways: bool = parameter("Whether packets go back as well, on their own schedule.", True)
    ip: Literal[4, 6] = parameter("Version of IP.", 4)

    metrics: ClassVar = {
        "outage": Metric(
            DURATION,
            "longest time between two packets, beyond their interval",
            japanese="パケット間の最長時間(送信間隔を超える分)",
        ),
        "lost": Metric(
            COUNT,
            "packets that were sent and never arrived",
            japanese="送信したが届かなかったパケット数",
        ),
        "duplicates": Metric(
            COUNT,
            "packets that arrived a second time (RFC 5560)",
            japanese="二重に届いたパケット数 (RFC 5560)",
        ),
    }

    may_be_dark = True

    def run(self, context: Context) -> Activity:
        """Probe all pairs at once; rows for each direction: `outage` (longest time between two
        arrivals, beyond the interval), `loss`, `lost`, `duplicates`, and `delay`, shortest and
        longest.
        """
        pairs = [tuple(pair) for pair in self.pairs]
        if self.both_ways:
            pairs = [ends for pair in pairs for ends in (pair, pair[::-1])]
        context.progress(f"{self.name}: {len(pairs)} flows")
        senders, receivers = [], []
        for source, destination in pairs:
            receiver, sender = _flow(context, source, destination, self.ip)
            receivers.append(receiver)
            senders.append(sender)
        interval_ns = round(self.interval_s * 1e9)
        count = max(1, round(self.duration_s / self.interval_s))
        arguments = (senders, receivers, interval_ns, count, self.size_byte, WAIT_NS)
        child = Child(self.name, lambda: None, probe, arguments)
        for opened in (*senders, *receivers):
            opened.close()
        yield Exit(child)
        origin_ns = now_ns() - context.timeline.now_ns
        rows: list[Row] = []
        for (source, destination), found in zip(pairs, child.result(), strict=True):
            ends = (self.name, label(source), label(destination))
            rows += (Row(*ends, *measured) for measured in _measured(found, interval_ns))
            context.gaps += (
                Gap(
                    *ends,
                    (begin_ns - origin_ns) / 1e9,
                    None if end_ns is None else (end_ns - origin_ns) / 1e9,
                    missing,
                    self.interval_s,
                )
                for begin_ns, end_ns, missing in found["gaps"]
            )
        return rows


def _flow(
    context: Context, source: str, destination: str, ip: int
) -> tuple[socket.socket, socket.socket]:
    """Return a receiving socket on the destination and one on the source that sends to it."""
    family = socket.AF_INET6 if ip == 6 else socket.AF_INET
    target, port = context.server(destination), context.take_ports()
    with context.node(destination).namespace.entered():
        receiver = receiver_socket(family, port)
    with context.node(source).namespace.entered():
        sender = socket.socket(family, socket.SOCK_DGRAM)
        sender.connect((target.ipv6 if ip == 6 else target.ipv4, port))
    return receiver, sender


def _measured(found: dict[str, Any], interval_ns: int) -> list[tuple[str, float, str]]:
    outage_s = max(0, found["longest_ns"] - interval_ns) / 1e9
    measured = [
        ("outage", outage_s, "s"),
        ("loss", round(found["lost"] / found["sent"], 9), "1"),
        ("lost", found["lost"], "1"),
        ("duplicates", found["duplicates"], "1"),
    ]
    if found["delays_ns"] is not None:
        measured += [("delay", delay_ns / 1e9, "s") for delay_ns in found["delays_ns"]]
    return measured
