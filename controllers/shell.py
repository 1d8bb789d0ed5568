"""Around the lightpath service: one lock, one clock, one timer, and where its output goes.

Whatever happens enters the service under the lock with the present moment; what the service wants
done in return leaves in the order in which it was decided.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from apn_emu.controllers.reporting import report

from apn_emu.control.batches import Message
from apn_emu.control.north.api import Api
from apn_emu.control.service import LightpathService
from apn_emu.control.transponders import Order
from apn_emu.planning.plan import Plan


class Shell:
    """The service and its interface, ready to be used by several threads."""

    def __init__(self, plan: Plan) -> None:
        self.service = LightpathService(plan)
        self.api = Api(plan, self.service)
        self.changed = threading.Condition()
        """Holds the lock; told whenever the service has changed."""
        self.send_message: Callable[[Message], None] = lambda message: None
        self.send_order: Callable[[Order], None] = lambda order: None
        self.messages_sent: Callable[[int], None] = lambda now_ns: None
        """Called once for the messages that left together, with the moment."""
        self._timer_ns: int | None = None

    @contextmanager
    def entered(self) -> Iterator[int]:
        """Hold the lock and have the present moment, in ns; afterwards carry out what follows."""
        with self.changed:
            yield time.monotonic_ns()
            messages = self.service.take_messages()
            for message in messages:
                self.send_message(message)
            if messages:
                self.messages_sent(time.monotonic_ns())
            for order in self.service.take_orders():
                self.send_order(order)
            events = self.service.take_events()
            self.api.note(events)
            for event in events:
                report(event)
            if events or self.service.next_timer() != self._timer_ns:
                self.changed.notify_all()

    def run_timers(self) -> None:
        """Call the service when its timers are due, for ever."""
        while True:
            with self.changed:
                self._timer_ns = self.service.next_timer()
                left_s = None
                if self._timer_ns is not None:
                    left_s = (self._timer_ns - time.monotonic_ns()) / 1e9
                if left_s is None or left_s > 0:
                    self.changed.wait(left_s)
                    continue
            with self.entered() as now_ns:
                self.service.handle_timer(now_ns)
