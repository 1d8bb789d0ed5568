"""Mends how ryu and os-ken keep a switch's connection, so that a lost or stuck one harms nobody.

As they are, a sender blocks the whole application when a switch does not read, a dead peer is
found only when the operating system gives up, and under os-ken's native hub, whose `kill` does
nothing, each lost connection leaves threads behind.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import Any

UNBOUNDED = 1 << 30

UNREPLIED_ECHOES = 1
"""How many echo requests in a row may stay without a reply (0: a dead peer is never noticed). One
that dies just after its last reply is found when a third interval ends."""

asking = threading.Event()
"""Set when switches are asked whether they are there: an `ovs-vswitchd` (3.1) that begins sleeps
for up to 5 s at a time and would seem lost."""


def notice_silence(options: Any, within_s: float) -> None:
    """Set Ryu's options (its `cfg.CONF`) such that a silent switch is lost within that time."""
    options.set_override("maximum_unreplied_echo_requests", UNREPLIED_ECHOES)
    options.set_override("echo_request_interval", within_s / (UNREPLIED_ECHOES + 2))


def mend(controller: Any, hub: Any) -> None:
    """Change the class `Datapath` of ryu.controller.controller, or of os-ken's."""
    datapath = controller.Datapath
    begin, receive = datapath.__init__, datapath._recv_loop

    def begin_unbounded(self: Any, *arguments: Any) -> None:
        self.over = hub.Event()
        begin(self, *arguments)
        # Nobody waits for a switch that does not read: its keep-alive ends it.
        self.send_q = hub.Queue()
        self._send_q_sem = hub.Semaphore(UNBOUNDED)

    def receive_until_over(self: Any) -> None:
        try:
            receive(self)
        finally:
            self.over.set()
            self.send(b"", close_socket=True)  # an empty last message ends the sender
            self.close()

    def ask_until_over(self: Any) -> None:
        asking.wait()
        while self.send_q and len(self.unreplied_echo_requests) <= self.max_unreplied_echo_requests:
            request = self.ofproto_parser.OFPEchoRequest(self)
            self.unreplied_echo_requests.append(self.set_xid(request))
            self.send_msg(request)
            if self.over.wait(self.echo_request_interval):
                return
        self.close()

    def close_both_ways(self: Any) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # wakes the receiver too

    datapath.__init__ = begin_unbounded
    datapath._recv_loop = receive_until_over
    datapath._echo_request_loop = ask_until_over
    datapath._close_write = close_both_ways
