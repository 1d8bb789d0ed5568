"""The agents' session with the controller: JSON lines over one TCP connection on loopback."""

from __future__ import annotations

import socket

from apn_emu.control.transponders import Notification, decode, encode
from apn_emu.emulation.orders import Orders
from apn_emu.emulation.timeline import Activity, Readable
from apn_emu.errors import EmulationError

READ_BYTES = 1 << 16


class AgentSession:
    """Sends what the agents tell, and has what the controller orders carried out."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._connection = socket.create_connection(address)
        self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._unread = b""

    def tell(self, notification: Notification) -> None:
        """Send a notification; the management network delays it on its way."""
        self._connection.sendall(encode(notification).encode())

    def run(self, orders: Orders) -> Activity:
        """Obey until the controller is gone."""
        while True:
            yield Readable(self._connection)
            data = self._connection.recv(READ_BYTES)
            if not data:
                raise EmulationError("the controller closed its session with the transponders")
            *lines, self._unread = (self._unread + data).split(b"\n")
            for line in lines:
                order = decode(line.decode())
                if isinstance(order, Notification):
                    raise EmulationError(f"the controller sent {type(order).__name__}, no order")
                orders.obey(order)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()
