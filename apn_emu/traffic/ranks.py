"""A rank of a collective operation: runs its programs on persistent TCP connections."""

from __future__ import annotations

import os
import select
import socket
import time
from collections.abc import Sequence
from itertools import accumulate

from apn_emu.traffic.programs import Line, Program
from apn_emu.traffic.streams import Address, Stream, call


class Barrier:
    """Lets all processes go on when each has come, over pipes: no packet is sent for it."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._arrived = os.pipe()
        self._gates = (os.pipe(), os.pipe())
        self._rounds = 0

    def wait(self, number: int) -> None:
        """Wait for all others; process 0 opens the gate.

        Two gates in turn: a fast process cannot take the token of a slow one, for it must first
        pass the other gate, which opens when the slow one has come there too.
        """
        gate = self._gates[self._rounds % 2]
        self._rounds += 1
        if number == 0:
            missing = self._count - 1
            while missing:
                missing -= len(os.read(self._arrived[0], missing))
            os.write(gate[1], bytes(self._count - 1))
        else:
            os.write(self._arrived[1], b"\0")
            os.read(gate[0], 1)

    def close(self) -> None:
        """Let go of the pipes in the process that made them."""
        for end in (*self._arrived, *self._gates[0], *self._gates[1]):
            os.close(end)


def be_rank(
    rank: int,
    calls: Sequence[tuple[Line, Address, Address]],
    answers: Sequence[Line],
    listeners: dict[int, socket.socket],
    addresses: Sequence[str],
    congestion: str | None,
    barrier: Barrier,
    steps: Sequence[tuple[Program, int, bool]],
) -> list[tuple[int, int]]:
    """Be a rank: connect, run the steps, return begin and end of each (ns, the machine's clock)."""
    streams = _connect(calls, answers, listeners, addresses, congestion)
    poll = select.epoll()
    for stream in streams.values():
        poll.register(stream, 0)
    times = []
    for program, pause_ns, together in steps:
        if together:
            barrier.wait(rank)
        if pause_ns:
            time.sleep(pause_ns / 1e9)
        began_ns = time.monotonic_ns()
        Execution(program, streams, poll).run()
        times.append((began_ns, time.monotonic_ns()))
    barrier.wait(rank)  # a rank that ends closes its connections: not before all are done
    return times


def _connect(
    calls: Sequence[tuple[Line, Address, Address]],
    answers: Sequence[Line],
    listeners: dict[int, socket.socket],
    addresses: Sequence[str],
    congestion: str | None,
) -> dict[Line, Stream]:
    """Connect to the ranks after this one and be connected to by those before it.

    `calls` are (line, address, own address) for those after it.
    """
    streams = {}
    for line, address, own in calls:
        streams[line] = call(address, own, congestion)
    for lane in sorted({lane for _, lane in answers}):
        for _ in range(sum(line[1] == lane for line in answers)):
            connection, (caller, _) = listeners[lane].accept()
            streams[addresses.index(caller), lane] = Stream(connection)
    return streams


class Execution:
    """One program on the rank's streams: sends what may be sent, takes what comes, until done."""

    def __init__(self, program: Program, streams: dict[Line, Stream], poll: select.epoll) -> None:
        self._poll = poll
        self._streams = {line: streams[line] for line in program.lines}
        self._by_fd = {stream.fileno(): line for line, stream in self._streams.items()}
        self._sends = {line: iter(sends) for line, sends in program.sends.items()}
        self._next = {line: next(sends) for line, sends in self._sends.items()}
        self._ends = {line: list(accumulate(sizes)) for line, sizes in program.receives.items()}
        self._total = {line: sum(program.receives.get(line, ())) for line in self._streams}
        self._wanted = dict.fromkeys(self._streams, 0)
        for stream in self._streams.values():
            stream.received = 0

    def run(self) -> None:
        """Return when all has arrived and the kernel has taken all that is to be sent."""
        while True:
            self._send()
            if not self._watch():
                return
            for fd, event in self._poll.poll():
                line = self._by_fd[fd]
                stream = self._streams[line]
                if event & ~select.EPOLLOUT:
                    stream.receive(self._total[line] - stream.received)
                if event & select.EPOLLOUT:
                    stream.flush()

    def _send(self) -> None:
        """Send what waits for nothing any more."""
        for line in list(self._next):
            while line in self._next and self._may_go(line):
                self._streams[line].send(self._next[line].size_byte)
                following = next(self._sends[line], None)
                if following is None:
                    del self._next[line]
                else:
                    self._next[line] = following

    def _may_go(self, line: Line) -> bool:
        return all(
            self._streams[other].received >= count for other, count in self._next[line].needs
        )

    def _watch(self) -> bool:
        """Tell the kernel what to wait for; return whether there is anything left to do."""
        for line, stream in self._streams.items():
            ends = self._ends.get(line, [])
            while ends and ends[0] <= stream.received:
                ends.pop(0)
            wanted = select.EPOLLIN if ends else 0
            if stream.owed:
                wanted |= select.EPOLLOUT
            if ends:
                stream.wake_at(ends[0] - stream.received)
            if wanted != self._wanted[line]:
                self._poll.modify(stream, wanted)
                self._wanted[line] = wanted
        return bool(self._next) or any(self._wanted.values())
