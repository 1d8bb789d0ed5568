"""Bulk transfer over many TCP connections at once: real bytes, few system calls.

One process a server sends, one receives. Payload is sent from a file in memory and thrown away by
the receiver without a copy; receivers are woken once a megabyte, not for every packet.
"""

from __future__ import annotations

import os
import select
import socket
import struct
from collections.abc import Iterable

from apn_emu.traffic.sockets import connecting, now_ns, wait
from apn_emu.traffic.streams import (
    AT_ONCE_BYTES,
    BYTES_RECEIVED_OFFSET,
    RESET_ON_CLOSE,
    SO_MAX_PACING_RATE,
    TOTAL_RETRANSMITS_OFFSET,
    nowhere,
    tcp_info,
    zeros,
)

WAKE_BYTES = 1 << 20

Connection = tuple[int, tuple[str, int], float | None]
"""Own port, address of the receiver, bit/s at most."""


def send(
    connections: Iterable[Connection],
    congestion: str | None,
    moments_ns: tuple[int, int, int],
) -> dict[int, int]:
    """Send as much as goes from the first to the last of three moments.

    Return, by own port, the segments sent again between the second and the last.
    """
    start_ns, from_ns, until_ns = moments_ns
    made = [_connect(connection, congestion) for connection in connections]
    with select.epoll() as poll:
        wait(poll, start_ns)
        for one in made:
            poll.register(one, select.EPOLLOUT)
        by_number = {one.fileno(): one for one in made}
        _fill(poll, by_number, from_ns)
        before = [retransmits(one) for one in made]
        _fill(poll, by_number, until_ns)
    counts = {
        one.getsockname()[1]: retransmits(one) - first
        for one, first in zip(made, before, strict=True)
    }
    for one in made:
        one.close()
    return counts


def _connect(connection: Connection, congestion: str | None) -> socket.socket:
    port, target, rate_bps = connection
    made = connecting(port, target, congestion)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    if rate_bps is not None:
        pacing = struct.pack("@L", round(rate_bps / 8))
        made.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, pacing)
    return made


def _fill(poll: select.epoll, by_number: dict[int, socket.socket], until_ns: int) -> None:
    while wait(poll, until_ns) and now_ns() < until_ns:
        for number, _ in poll.poll(0):
            if code := by_number[number].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                raise OSError(code, os.strerror(code))
            try:
                os.sendfile(number, zeros(), 0, AT_ONCE_BYTES)
            except BlockingIOError:
                continue


def receive(own: socket.socket, moments_ns: tuple[int, int, int]) -> dict[int, int]:
    """Accept connections and read from the first to the last of three moments.

    Return, by the sender's port, the payload that came in between the second and the last.
    """
    _, from_ns, until_ns = moments_ns
    made: dict[int, tuple[socket.socket, int]] = {}
    own.setblocking(False)
    with select.epoll() as poll:
        poll.register(own, select.EPOLLIN)
        _drain(poll, own, made, from_ns)
        before = {port: received(one) for one, port in made.values()}
        _drain(poll, own, made, until_ns)
    counts = {port: received(one) - before.get(port, 0) for one, port in made.values()}
    for one, _ in made.values():
        one.close()
    return counts


def _drain(
    poll: select.epoll,
    own: socket.socket,
    made: dict[int, tuple[socket.socket, int]],
    until_ns: int,
) -> None:
    while wait(poll, until_ns) and now_ns() < until_ns:
        for number, _ in poll.poll(0):
            if number == own.fileno():
                one, (_, port) = own.accept()
                one.setblocking(False)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WAKE_BYTES)
                poll.register(one, select.EPOLLIN)
                made[one.fileno()] = (one, port)
            else:
                made[number][0].recv_into(nowhere(), AT_ONCE_BYTES, socket.MSG_TRUNC)


def received(connection: socket.socket) -> int:
    """Return the payload in bytes that the kernel has got (tcpEStatsAppHCThruOctetsReceived)."""
    return tcp_info(connection, "Q", BYTES_RECEIVED_OFFSET)


def retransmits(connection: socket.socket) -> int:
    """Return the segments that were sent again."""
    return tcp_info(connection, "I", TOTAL_RETRANSMITS_OFFSET)
