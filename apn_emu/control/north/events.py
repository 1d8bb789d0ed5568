"""The stream of events: numbered, the last ones kept for clients that come back (WHATWG HTML)."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from apn_emu.control.north.resources import event as resource
from apn_emu.control.requests import Event

KEPT = 4096
"""Events that a client that was away can still get."""

KEEP_ALIVE = b": still here\n\n"
"""A comment, which clients skip."""


@dataclass(frozen=True)
class Numbered:
    """An event and its place in the stream, from 1."""

    number: int
    event: Event

    def encoded(self) -> bytes:
        """Return it as a server-sent event."""
        data = json.dumps(resource(self.event))
        return f"id: {self.number}\nevent: {self.event.kind}\ndata: {data}\n\n".encode()


class EventLog:
    """All events, of which the last are kept."""

    def __init__(self) -> None:
        self._events: deque[Numbered] = deque(maxlen=KEPT)
        self.last = 0

    def add(self, events: Iterable[Event]) -> None:
        """Take new events in."""
        for event in events:
            self.last += 1
            self._events.append(Numbered(self.last, event))

    def after(self, number: int) -> list[Numbered]:
        """Return the kept events behind a number; older ones are lost."""
        return [numbered for numbered in self._events if numbered.number > number]
