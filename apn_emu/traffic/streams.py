"""TCP connections of which only the number of bytes counts: nothing is copied to or from Python.

Sending takes pages of zeros from a file in memory (sendfile(2)); receiving lets the kernel throw
the bytes away (MSG_TRUNC, tcp(7)). The receiver is woken when what it waits for has arrived
(SO_RCVLOWAT), not for every packet, which would take long in the embedded machine.
"""

from __future__ import annotations

import mmap
import os
import select
import socket
import struct
from functools import cache

from apn_emu.errors import EmulationError
from apn_emu.traffic.timers import Timer

AT_ONCE_BYTES = 4 * 2**20
LOW_WATER_BYTES = 256 * 2**10
"""The receiver looks at least this often, so that the window keeps opening."""

SO_MAX_PACING_RATE = 47
NUMBER_BYTES = 8
RESET_ON_CLOSE = struct.pack("ii", 1, 0)
TOTAL_RETRANSMITS_OFFSET, BYTES_RECEIVED_OFFSET, TCP_INFO_BYTES = 100, 128, 136
"""In struct tcp_info (linux/tcp.h)."""

LEFT = "the other end closed the connection"


class Stream:
    """One end of a connection. `received` counts up; `owed` the kernel has not yet taken."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection = connection
        self._low_water = 1
        self.owed = 0
        self.received = 0

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._connection.fileno()

    def pace(self, rate_bps: float) -> None:
        """Send no faster than that: what the host's processors would allow (socket(7))."""
        rate = struct.pack("@L", round(rate_bps / 8))
        self._connection.setsockopt(socket.SOL_SOCKET, SO_MAX_PACING_RATE, rate)

    def send(self, size_byte: int) -> None:
        """Send so many bytes more, as far as the kernel takes them now; see `flush`."""
        self.owed += size_byte
        self.flush()

    def flush(self) -> None:
        """Send what is owed, as far as the kernel takes it."""
        try:
            while self.owed:
                count = min(self.owed, AT_ONCE_BYTES)
                self.owed -= os.sendfile(self.fileno(), zeros(), 0, count)
        except BlockingIOError:
            pass

    def receive(self, most_bytes: int = AT_ONCE_BYTES) -> None:
        """Take what has arrived, `most_bytes` at most; raise `OSError` when the other end left."""
        try:
            count = self._connection.recv_into(
                nowhere(), min(most_bytes, AT_ONCE_BYTES), socket.MSG_TRUNC
            )
        except BlockingIOError:
            return
        if count == 0:
            raise ConnectionResetError(LEFT)
        self.received += count

    def arrived(self) -> int:
        """Return the payload in bytes that the kernel has got (TCP_INFO, tcp(7))."""
        return tcp_info(self._connection, "Q", BYTES_RECEIVED_OFFSET)

    def reset_on_close(self) -> None:
        """Let closing the connection throw away what was not yet sent, and tell the other end."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)

    def wake_at(self, size_byte: int) -> None:
        """Count as readable when so many bytes wait, or enough to keep the window open."""
        low_water = min(size_byte, LOW_WATER_BYTES)
        if low_water != self._low_water:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, low_water)
            self._low_water = low_water

    def wait(self, *timers: Timer) -> None:
        """Wait until something has arrived, more can be sent, or a timer has expired."""
        poll = select.poll()
        poll.register(self, select.POLLIN | (select.POLLOUT if self.owed else 0))
        for timer in timers:
            poll.register(timer, select.POLLIN)
        poll.poll()

    def receive_all(self, size_byte: int) -> None:
        """Wait until `size_byte` more have arrived."""
        end = self.received + size_byte
        while self.received < end:
            self.wake_at(end - self.received)
            self.wait()
            self.receive(end - self.received)

    def send_all(self, size_byte: int) -> None:
        """Wait until the kernel has taken `size_byte` more for sending."""
        self.send(size_byte)
        while self.owed:
            self.wait()
            self.flush()

    def tell(self, number: int) -> None:
        """Send a whole number, in 8 bytes; nothing may be owed."""
        self._connection.sendall(number.to_bytes(NUMBER_BYTES))

    def hear(self) -> int:
        """Wait for a number that the other end tells, and return it."""
        self.wake_at(NUMBER_BYTES)
        self.wait()
        number = self._connection.recv(NUMBER_BYTES)
        if len(number) < NUMBER_BYTES:
            raise ConnectionResetError(LEFT)
        return int.from_bytes(number)


def tcp_info(connection: socket.socket, form: str, offset: int) -> int:
    """Return a field of struct tcp_info."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO_BYTES)
    value: int = struct.unpack_from(f"={form}", info, offset)[0]
    return value


Address = tuple[str, int]
"""IPv4 address and TCP port."""


def call(address: Address, own: Address, congestion: str | None = None) -> Stream:
    """Connect to an address from an own one, whose port is given and not drawn."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    set_congestion(made, congestion)
    made.bind(own)
    made.connect(address)
    return Stream(made)


def set_congestion(made: socket.socket, congestion: str | None) -> None:
    """Choose the congestion control before connecting, or of all that a listening socket accepts.

    Raises `EmulationError` when the kernel does not have it.
    """
    if congestion is None:
        return
    try:
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode())
    except FileNotFoundError as error:
        raise EmulationError(f"this kernel has no congestion control {congestion}") from error


@cache
def zeros() -> int:
    """Return the file from which everything is sent."""
    file = os.memfd_create("zeros")
    os.ftruncate(file, AT_ONCE_BYTES)
    return file


@cache
def nowhere() -> mmap.mmap:
    """Return memory that is never touched: the kernel writes nothing with MSG_TRUNC."""
    return mmap.mmap(-1, AT_ONCE_BYTES)
