"""Remote procedure calls over kept TCP connections: a client asks several servers at once.

What a server is asked is known to both sides beforehand, so only the number of bytes counts.
"""

from __future__ import annotations

import heapq
import select
import socket
import time

from apn_emu.traffic.sockets import now_ns, wait
from apn_emu.traffic.streams import Address, Stream, call

Call = tuple[int, int]
"""Bytes of the answer, and how long the server works on it, in ns."""


def ask(
    targets: list[tuple[Address, Address]],
    requests: list[list[int]],
    request_bytes: int,
    think_ns: int,
) -> list[list[int]]:
    """Send each request to all targets (address, own address), when the one before was answered.

    `requests` has the bytes of the answer of each target. Returns, for each request, how long each
    target took to answer, in ns.
    """
    streams = [call(target, own) for target, own in targets]
    numbers = {stream.fileno(): number for number, stream in enumerate(streams)}
    taken = []
    with select.epoll() as poll:
        for descriptor in numbers:
            poll.register(descriptor, select.EPOLLIN)
        for answers in requests:
            time.sleep(think_ns / 1e9)
            began_ns = now_ns()
            left = dict(enumerate(answers))
            for stream, answer_bytes in zip(streams, answers, strict=True):
                stream.wake_at(answer_bytes)
                stream.send_all(request_bytes)
            ended: dict[int, int] = {}
            while left:
                for descriptor, _ in poll.poll():
                    number = numbers[descriptor]
                    left[number] -= _take(streams[number], left[number])
                    if not left[number]:
                        del left[number]
                        ended[number] = now_ns() - began_ns
            taken.append([ended[number] for number in range(len(streams))])
    return taken


def _take(stream: Stream, most_bytes: int) -> int:
    """Return how many bytes came; the next wait is for what is still missing."""
    before = stream.received
    stream.receive(most_bytes)
    taken = stream.received - before
    if taken < most_bytes:
        stream.wake_at(most_bytes - taken)
    return taken


class _Client:
    """A connection on which one call at a time is asked."""

    def __init__(self, stream: Stream, calls: list[Call], request_bytes: int) -> None:
        self.stream = stream
        self._calls = iter(calls)
        self._request_bytes = request_bytes
        self._left_bytes = request_bytes
        stream.wake_at(request_bytes)

    def asked(self) -> Call | None:
        """Read what has come; return the call if that was all of its request."""
        self._left_bytes -= _take(self.stream, self._left_bytes)
        if self._left_bytes:
            return None
        self._left_bytes = self._request_bytes
        self.stream.wake_at(self._left_bytes)
        return next(self._calls)


def answer(own: socket.socket, calls: dict[int, list[Call]], request_bytes: int) -> None:
    """Answer the calls of each client, by its port, in their order; work on any number at once.

    Returns when all clients have closed their connections.
    """
    own.setblocking(False)
    clients: dict[int, _Client] = {}
    due: list[tuple[int, int, int]] = []
    closed = 0
    with select.epoll() as poll:
        poll.register(own, select.EPOLLIN)
        while closed < len(calls):
            wait(poll, due[0][0] if due else None)
            for descriptor, _ in poll.poll(0):
                if descriptor == own.fileno():
                    made, (_, port) = own.accept()
                    clients[made.fileno()] = _Client(Stream(made), calls[port], request_bytes)
                    poll.register(made, select.EPOLLIN)
                    continue
                client = clients[descriptor]
                if client.stream.owed:
                    client.stream.flush()
                    _watch(poll, client.stream)
                    continue
                try:
                    asked = client.asked()
                except ConnectionResetError:
                    poll.unregister(descriptor)
                    closed += 1
                    continue
                if asked is not None:
                    answer_bytes, service_ns = asked
                    heapq.heappush(due, (now_ns() + service_ns, descriptor, answer_bytes))
            while due and due[0][0] <= now_ns():
                _, descriptor, answer_bytes = heapq.heappop(due)
                clients[descriptor].stream.send(answer_bytes)
                _watch(poll, clients[descriptor].stream)


def _watch(poll: select.epoll, stream: Stream) -> None:
    poll.modify(stream, select.EPOLLOUT if stream.owed else select.EPOLLIN)
