"""The controller's session with the transponders' agents: JSON lines over one TCP connection."""

from __future__ import annotations

import logging
import socket
from typing import IO

from apn_emu.controllers.datapaths import asking
from apn_emu.controllers.shell import Shell

from apn_emu.control.transponders import Notification, Order, decode, encode

MAX_LINE_BYTES = 2**20

_log = logging.getLogger("apn_emu.agents")


class AgentSession:
    """Listens for the agents; a new connection replaces the one before.

    Once they are there the network is complete, and switches must not fall silent any more.
    """

    def __init__(self, shell: Shell, address: tuple[str, int]) -> None:
        self._shell = shell
        self._server = socket.create_server(address)
        self._connection: socket.socket | None = None
        shell.send_order = self._send

    def serve_forever(self) -> None:
        """Accept the agents, take their notifications in, and notice when they are gone."""
        while True:
            connection, _ = self._server.accept()
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._shell.entered() as now_ns:
                self._connection = connection
                self._shell.service.agents_connected(now_ns)
            asking.set()
            with connection, connection.makefile("rb") as lines:
                self._receive(lines)
            with self._shell.entered() as now_ns:
                self._connection = None
                self._shell.service.agents_lost(now_ns)

    def _receive(self, lines: IO[bytes]) -> None:
        try:
            while line := lines.readline(MAX_LINE_BYTES):
                message = decode(line.decode())
                if not isinstance(message, Notification):
                    raise ValueError(f"an order from an agent: {message}")
                with self._shell.entered() as now_ns:
                    self._shell.service.notified(message, now_ns)
        except (OSError, ValueError) as error:
            _log.warning("the agents' session ended: %s", error)

    def _send(self, order: Order) -> None:
        """Send an order; called under the shell's lock."""
        if self._connection is None:
            return
        try:
            self._connection.sendall(encode(order).encode())
        except OSError as error:  # the reader will notice that the agents are gone
            _log.warning("order %d was not sent: %s", order.order, error)
