"""Probe packets at a steady interval, and what became of them.

Each packet carries its number and when it was sent; the receiving kernel notes when it arrived
(SO_TIMESTAMPNS, socket(7)), so reading them late costs no accuracy.
"""

from __future__ import annotations

import socket
import struct
import time
from dataclasses import dataclass, field
from typing import Any

from apn_emu.traffic.sockets import CONTROL_BYTES, arrival_ns, datagram_socket, now_ns
from apn_emu.traffic.timers import sleep_until

SO_RCVBUFFORCE = 33
RECEIVE_BUFFER_BYTES = 16 * 2**20

READ_EVERY = 256
"""Packets of a flow between two readings of what arrived; the buffer holds some ten thousand."""

OUTAGE_PACKETS = 3
"""For how many packets in a row nothing must arrive for an entry in `Flow.gaps`."""

HEADER = struct.Struct("=QQ")


def receiver_socket(family: int, port: int) -> socket.socket:
    """Return a socket that receives probes, in the current network namespace."""
    receiver = datagram_socket(port, family)
    receiver.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER_BYTES)
    receiver.setblocking(False)
    return receiver


@dataclass
class Flow:
    """What is known of one flow's packets so far. Moments are nanoseconds of the wall clock."""

    interval_ns: int
    count: int
    seen: bytearray = field(init=False)
    duplicates: int = 0
    delays_ns: tuple[int, int] | None = None
    """Shortest and longest one-way delay."""
    last: tuple[int, int] | None = None
    """Number and arrival of the packet that arrived last."""
    longest_ns: int = 0
    """Longest time between two arrivals."""
    gaps: list[tuple[int, int | None, int]] = field(default_factory=list)
    """Where nothing arrived for some time: last arrival before, first after (None: never again),
    packets missing."""

    def __post_init__(self) -> None:
        self.seen = bytearray(self.count)

    def arrived(self, number: int, sent_ns: int, at_ns: int) -> None:
        """Note a packet."""
        if self.seen[number]:
            self.duplicates += 1
        self.seen[number] = 1
        delay_ns = at_ns - sent_ns
        least_ns, most_ns = self.delays_ns or (delay_ns, delay_ns)
        self.delays_ns = min(least_ns, delay_ns), max(most_ns, delay_ns)
        # As if one before the first had come with the same delay: a dark beginning is a gap too.
        last_number, last_ns = self.last or (-1, at_ns - (number + 1) * self.interval_ns)
        self._gap(last_ns, at_ns, number - last_number - 1)
        self.last = number, at_ns

    def ended(self, start_ns: int) -> None:
        """Note that no packet comes any more."""
        number, at_ns = self.last or (-1, start_ns - self.interval_ns)
        missing = self.count - 1 - number
        end_ns = at_ns + (missing + 1) * self.interval_ns
        self._gap(at_ns, None if missing >= OUTAGE_PACKETS else end_ns, missing)
        self.longest_ns = max(self.longest_ns, end_ns - at_ns)

    def _gap(self, begin_ns: int, end_ns: int | None, missing: int) -> None:
        if end_ns is None or end_ns - begin_ns > OUTAGE_PACKETS * self.interval_ns:
            self.gaps.append((begin_ns, end_ns, missing))
        if end_ns is not None:
            self.longest_ns = max(self.longest_ns, end_ns - begin_ns)

    def result(self) -> dict[str, Any]:
        """Return what was found as plain data."""
        return {
            "sent": self.count,
            "lost": self.count - sum(self.seen),
            "duplicates": self.duplicates,
            "delays_ns": self.delays_ns,
            "longest_ns": self.longest_ns,
            "gaps": self.gaps,
        }


def probe(
    senders: list[socket.socket],
    receivers: list[socket.socket],
    interval_ns: int,
    count: int,
    size_byte: int,
    wait_ns: int,
) -> list[dict[str, Any]]:
    """Send `count` packets on each flow, one every `interval_ns`; return what became of each flow.

    `senders` are connected to `receivers`, flow by flow; `wait_ns` is how long the last packet may
    take. Moments in the results are nanoseconds of the wall clock, as `Flow.gaps`.
    """
    flows = [Flow(interval_ns, count) for _ in senders]
    padding = bytes(size_byte - HEADER.size)
    start_ns = time.monotonic_ns() + interval_ns
    first_ns = now_ns() + interval_ns
    for number in range(count):
        sleep_until(start_ns + number * interval_ns)
        for sender in senders:
            try:
                sender.send(HEADER.pack(number, now_ns()) + padding)
            except OSError:  # the server's link is down: a packet that is lost
                continue
        if number % READ_EVERY == READ_EVERY - 1:
            _read_all(flows, receivers)
    sleep_until(start_ns + count * interval_ns + wait_ns)
    _read_all(flows, receivers)
    for flow in flows:
        flow.ended(first_ns)
    return [flow.result() for flow in flows]


def _read_all(flows: list[Flow], receivers: list[socket.socket]) -> None:
    for flow, receiver in zip(flows, receivers, strict=True):
        try:
            while True:
                data, control, _, _ = receiver.recvmsg(HEADER.size, CONTROL_BYTES)
                flow.arrived(*HEADER.unpack(data), arrival_ns(control))
        except BlockingIOError:
            continue
