"""Orders to the transponders' agents, each with the ticket of its answer. Pure."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.control.procedures import Ticket
from apn_emu.control.requests import Code
from apn_emu.control.transponders import Done, Order


class Agents:
    """The controller's side of the session with the agents."""

    def __init__(self) -> None:
        self._is_connected = False
        self._next_order = 1
        self._under_way: dict[int, Ticket] = {}
        self._out: list[Order] = []

    def connected(self) -> None:
        """Note that the agents can be reached."""
        self._is_connected = True

    def lost(self) -> None:
        """Note that they cannot; orders under way have failed."""
        self._is_connected = False
        under_way, self._under_way = self._under_way, {}
        for ticket in under_way.values():
            ticket.fail(Code.TRANSPONDER_FAILED, "the transponders' agents were lost")
            ticket.close()

    def order(self, make: Callable[[int], Order]) -> Ticket:
        """Give the order that `make` returns for its number; return the ticket of its answer."""
        ticket = Ticket()
        if not self._is_connected:
            ticket.fail(Code.TRANSPONDER_FAILED, "the transponders' agents are not connected")
            ticket.close()
            return ticket
        self._out.append(make(self._next_order))
        self._under_way[self._next_order] = ticket
        self._next_order += 1
        return ticket

    def done(self, answer: Done) -> None:
        """Note an answer; one that nobody waits for is dropped."""
        ticket = self._under_way.pop(answer.order, None)
        if ticket is not None:
            if answer.failure:
                ticket.fail(Code.TRANSPONDER_FAILED, answer.failure)
            ticket.close()

    def take_orders(self) -> list[Order]:
        """Return what is to be sent, in order, and forget it."""
        out, self._out = self._out, []
        return out
