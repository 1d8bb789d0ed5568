"""Bulk transfer over many TCP connections at once: real bytes, few system calls.

One process a server sends, one receives. Payload is sent from a file in memory and thrown away by
the receiver without a copy; receivers are woken once a megabyte, not for every packet.
"""

from __future__ import annotations

import errno
import os
import select
import socket
import struct
from collections.abc import Iterable

from apn_emu.errors import EmulationError
from apn_emu.traffic.sockets import now_ns, wait
from apn_emu.traffic.streams import (
    AT_ONCE_BYTES,
    BYTES_RECEIVED_OFFSET,
    RESET_ON_CLOSE,
    TOTAL_RETRANSMITS_OFFSET,
    nowhere,
    tcp_info,
    zeros,
)

SO_MAX_PACING_RATE = 47
WAKE_BYTES = 1 << 20

Connection = tuple[int, tuple[str, int], float | None]
"""Own port, address of the receiver, bit/s at most."""


def listener(port: int, connections: int) -> socket.socket:
    """Return a TCP socket that many can connect to at once."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("", port))
    made.listen(connections)
    return made


def send(
    connections: Iterable[Connection],
    congestion: str | None,
    moments_ns: tuple[int, int, int],
) -> list[int]:
    """Send as much as goes from the first to the last of three moments.

    Return, for each connection, the segments sent again between the second and the last.
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
    counts = [retransmits(one) - first for one, first in zip(made, before, strict=True)]
    for one in made:
        one.close()
    return counts


def _connect(connection: Connection, congestion: str | None) -> socket.socket:
    port, target, rate_bps = connection
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
    set_congestion(made, congestion)
    if rate_bps is not None:
        pacing = struct.pack("@L", round(rate_bps / 8))
        made.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, pacing)
    made.bind(("", port))
    made.setblocking(False)
    if (code := made.connect_ex(target)) not in (0, errno.EINPROGRESS):
        raise OSError(code, os.strerror(code))
    return made


def set_congestion(made: socket.socket, congestion: str | None) -> None:
    """Choose the congestion control; raise `EmulationError` when the kernel does not have it."""
    if congestion is None:
        return
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode())
    except FileNotFoundError as error:
        raise EmulationError(f"this kernel has no congestion control {congestion}") from error


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
    made: dict[int, socket.socket] = {}
    own.setblocking(False)
    with select.epoll() as poll:
        poll.register(own, select.EPOLLIN)
        _drain(poll, own, made, from_ns)
        before = {number: received(one) for number, one in made.items()}
        _drain(poll, own, made, until_ns)
    counts = {
        one.getpeername()[1]: received(one) - before.get(number, 0) for number, one in made.items()
    }
    for one in made.values():
        one.close()
    return counts


def _drain(
    poll: select.epoll, own: socket.socket, made: dict[int, socket.socket], until_ns: int
) -> None:
    while wait(poll, until_ns) and now_ns() < until_ns:
        for number, _ in poll.poll(0):
            if number == own.fileno():
                one, _ = own.accept()
                one.setblocking(False)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WAKE_BYTES)
                poll.register(one, select.EPOLLIN)
                made[one.fileno()] = one
            else:
                made[number].recv_into(nowhere(), AT_ONCE_BYTES, socket.MSG_TRUNC)


def received(connection: socket.socket) -> int:
    """Return the payload in bytes that the kernel has got (tcpEStatsAppHCThruOctetsReceived)."""
    return tcp_info(connection, "Q", BYTES_RECEIVED_OFFSET)


def retransmits(connection: socket.socket) -> int:
    """Return the segments that were sent again."""
    return tcp_info(connection, "I", TOTAL_RETRANSMITS_OFFSET)
