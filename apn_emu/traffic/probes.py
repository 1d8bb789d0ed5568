"""Round-trip and one-way delay by UDP probes that a reflector sends back, as in TWAMP (RFC 5357).

A probe carries when it was sent; the reflector adds when the probe arrived and when it left again.
Arrivals are timestamps of the kernel.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from apn_emu.traffic.sockets import CONTROL_BYTES, arrival_ns, now_ns, wait

MAGIC = b"apnprobe"
_PROBE = struct.Struct("!8sBIQQQ")
MIN_BYTES = _PROBE.size
"""Smallest payload."""

REQUEST, REPLY = 0, 1


class Sample(NamedTuple):
    """One probe's four moments in ns, as in TWAMP: both servers have the same clock."""

    number: int
    sent: int
    arrived: int
    reflected: int
    returned: int


def reflect(own: socket.socket) -> None:
    """Send every probe back, for ever."""
    own.setblocking(True)
    while True:
        data, control, _, sender = own.recvmsg(1 << 16, CONTROL_BYTES)
        probe = bytearray(data)
        _, _, number, sent, _, _ = _PROBE.unpack_from(probe)
        _PROBE.pack_into(probe, 0, MAGIC, REPLY, number, sent, arrival_ns(control), now_ns())
        own.sendto(probe, sender)


def probe(
    own: socket.socket,
    target: tuple[str, int],
    count: int,
    interval_ns: int,
    size_bytes: int,
    patience_ns: int,
) -> list[tuple[int, int, int, int, int]]:
    """Send probes at equal distances; return the samples of those that came back.

    A probe is lost when nothing came back for `patience_ns` after the last was sent.
    """
    own.setblocking(False)
    packet = bytearray(size_bytes)
    samples: list[tuple[int, int, int, int, int]] = []
    start_ns = now_ns() + interval_ns
    for number in range(count):
        due_ns = start_ns + number * interval_ns
        while wait(own, due_ns):
            samples += _replies(own)
        _PROBE.pack_into(packet, 0, MAGIC, REQUEST, number, now_ns(), 0, 0)
        own.sendto(packet, target)
    limit_ns = now_ns() + patience_ns
    while len(samples) < count and wait(own, limit_ns):
        samples += _replies(own)
    return sorted(samples)


def _replies(own: socket.socket) -> Iterator[tuple[int, int, int, int, int]]:
    while True:
        try:
            data, control, _, _ = own.recvmsg(1 << 16, CONTROL_BYTES)
        except BlockingIOError:
            return
        _, _, number, sent, arrived, reflected = _PROBE.unpack_from(data)
        yield number, sent, arrived, reflected, arrival_ns(control)


def request_number(frame: bytes) -> int | None:
    """Return the number of the probe that a frame carries on its way out, None if it does not."""
    at = frame.find(MAGIC)
    if at < 0:
        return None
    _, direction, number, *_ = _PROBE.unpack_from(frame, at)
    return number if direction == REQUEST else None
