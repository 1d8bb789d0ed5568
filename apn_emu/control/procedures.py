"""Procedures: what takes several steps, as generators that say what they wait for. Pure.

A procedure yields a `Wait` for tickets (rules or orders that somebody confirms) or a `Pause`, and
goes on when that has come. A ticket that failed comes up in it as a `Failure`. In the style of
SimPy's processes; the clock is whatever `now_ns` the callers pass.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from itertools import count

from apn_emu.control.requests import Code


class Failure(Exception):
    """A step failed, with a reason code and a sentence."""

    def __init__(self, code: Code, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(text)


class Ticket:
    """Something sent out that will be confirmed or refused."""

    __slots__ = ("_waiting", "code", "done", "failure")

    def __init__(self) -> None:
        self.done = False
        self.failure = ""
        self.code = Code.SWITCH_REFUSED
        self._waiting: list[Callable[[], None]] = []

    def fail(self, code: Code, text: str) -> None:
        """Note why it failed; the first reason stays. It still has to be closed."""
        if not self.failure:
            self.code, self.failure = code, text

    def close(self) -> None:
        """Note that the answer has come."""
        self.done = True
        for waiting in self._waiting:
            waiting()

    def then(self, waiting: Callable[[], None]) -> None:
        """Call `waiting` on closing."""
        self._waiting.append(waiting)


@dataclass(frozen=True)
class Wait:
    """Wait until all tickets are closed; with `lenient` a failure is no matter."""

    tickets: Sequence[Ticket]
    lenient: bool = False


@dataclass(frozen=True)
class Pause:
    """Wait for a time."""

    duration_ns: int


Procedure = Generator[Wait | Pause, None, None]


@dataclass(order=True)
class Timer:
    """Something to be called at a moment, unless it is cancelled."""

    at_ns: int
    number: int
    call: Callable[[], None] | None = field(compare=False)

    def cancel(self) -> None:
        """Let nothing happen."""
        self.call = None


class Procedures:
    """Runs procedures and timers. `now_ns` is the moment that the outside world stated last."""

    def __init__(self) -> None:
        self.now_ns = 0
        self._timers: list[Timer] = []
        self._numbers = count()
        self._ready: list[tuple[Procedure, Wait | None]] = []

    def start(self, procedure: Procedure) -> None:
        """Take the first step in `run`."""
        self._ready.append((procedure, None))

    def at(self, at_ns: int, call: Callable[[], None]) -> Timer:
        """Call something at a moment."""
        timer = Timer(at_ns, next(self._numbers), call)
        heapq.heappush(self._timers, timer)
        return timer

    def next_timer(self) -> int | None:
        """Return the moment of the next timer, None when there is none."""
        while self._timers and self._timers[0].call is None:
            heapq.heappop(self._timers)
        return self._timers[0].at_ns if self._timers else None

    def run(self) -> None:
        """Call what is due and go on with every procedure that can."""
        while True:
            while self._ready:
                self._step(*self._ready.pop(0))
            due_ns = self.next_timer()
            if due_ns is None or due_ns > self.now_ns:
                return
            call = heapq.heappop(self._timers).call
            if call is not None:
                call()

    def _step(self, procedure: Procedure, waited: Wait | None) -> None:
        failed = next((t for t in waited.tickets if t.failure), None) if waited else None
        try:
            if failed is not None and waited is not None and not waited.lenient:
                step = procedure.throw(Failure(failed.code, failed.failure))
            else:
                step = next(procedure)
        except StopIteration:
            return
        if isinstance(step, Pause):
            self.at(self.now_ns + step.duration_ns, lambda: self.start(procedure))
            return
        open_tickets = [ticket for ticket in step.tickets if not ticket.done]
        if not open_tickets:
            self._ready.append((procedure, step))
            return
        left = len(open_tickets)

        def closed() -> None:
            nonlocal left
            left -= 1
            if not left:
                self._ready.append((procedure, step))

        for ticket in open_tickets:
            ticket.then(closed)
