"""Many flows, each a TCP connection of its own that begins at its time: one process a server.

A flow begins with `connect` and ends when the receiver has read its last byte.
"""

from __future__ import annotations

import os
import resource
import select
import socket
from typing import NamedTuple

from apn_emu.traffic.sockets import connecting, now_ns, wait
from apn_emu.traffic.streams import AT_ONCE_BYTES, nowhere, zeros

WAKE_BYTES = 256 * 2**10
"""The receiver is woken when so much has come, and at the end of each flow."""


class Flow(NamedTuple):
    """What a sender has to send: when (of `now_ns`), from which port, where to, how much."""

    at_ns: int
    port: int
    target: tuple[str, int]
    size_bytes: int


def send(
    flows: list[tuple[int, int, tuple[str, int], int]], congestion: str | None
) -> dict[int, int]:
    """Begin each flow (`Flow`, by time) when it is due; return by port when it really began, in ns.

    Returns when the kernel has taken the last byte of all.
    """
    _allow_many_connections()
    waiting = [Flow(*flow) for flow in reversed(flows)]
    started: dict[int, int] = {}
    open_now: dict[int, tuple[socket.socket, int]] = {}
    with select.epoll() as poll:
        while waiting or open_now:
            if wait(poll, waiting[-1].at_ns if waiting else None):
                for number, _ in poll.poll(0):
                    _send_more(number, open_now)
            while waiting and waiting[-1].at_ns <= now_ns():
                flow = waiting.pop()
                started[flow.port] = now_ns()
                made = connecting(flow.port, flow.target, congestion)
                open_now[made.fileno()] = (made, flow.size_bytes)
                poll.register(made, select.EPOLLOUT)
    return started


def _send_more(number: int, open_now: dict[int, tuple[socket.socket, int]]) -> None:
    made, left_bytes = open_now[number]
    if code := made.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        raise OSError(code, os.strerror(code))
    left_bytes -= os.sendfile(number, zeros(), 0, min(left_bytes, AT_ONCE_BYTES))
    if left_bytes:
        open_now[number] = (made, left_bytes)
    else:
        del open_now[number]
        made.close()  # the kernel goes on sending what it has


def receive(own: socket.socket, count: int, until_ns: int) -> dict[int, tuple[int, int]]:
    """Take `count` flows; return by the sender's port when each ended, in ns, and its bytes.

    Flows that have not ended at `until_ns` are left out.
    """
    _allow_many_connections()
    own.setblocking(False)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, WAKE_BYTES)  # inherited by connections
    ended: dict[int, tuple[int, int]] = {}
    open_now: dict[int, tuple[socket.socket, int, int]] = {}
    with select.epoll() as poll:
        poll.register(own, select.EPOLLIN)
        while len(ended) < count and wait(poll, until_ns):
            for number, _ in poll.poll(0):
                if number == own.fileno():
                    one, (_, port) = own.accept()
                    one.setblocking(False)
                    poll.register(one, select.EPOLLIN)
                    open_now[one.fileno()] = (one, port, 0)
                else:
                    one, port, got_bytes = open_now[number]
                    more_bytes = _take(one)
                    got_bytes += abs(more_bytes)
                    open_now[number] = (one, port, got_bytes)
                    if more_bytes <= 0:
                        ended[port] = (now_ns(), got_bytes)
                        del open_now[number]
                        one.close()
    return ended


def _take(one: socket.socket) -> int:
    """Read what has come; return how much, negative or 0 if that was the end."""
    taken = 0
    while True:
        try:
            count = one.recv_into(nowhere(), AT_ONCE_BYTES, socket.MSG_TRUNC)
        except BlockingIOError:
            return taken
        if not count:
            return -taken
        taken += count


def _allow_many_connections() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
