"""Interfaces up and down, by the ioctls of netdevice(7)."""

from __future__ import annotations

import fcntl
import socket
import struct

SIOCGIFFLAGS, SIOCSIFFLAGS = 0x8913, 0x8914
IFF_UP = 0x1

_REQUEST = struct.Struct("=16sH22x")
"""struct ifreq with ifr_flags."""


def set_up(name: str, up: bool) -> None:
    """Set an interface of the current network namespace up or down; raise `OSError`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = _REQUEST.pack(name.encode(), 0)
        _, flags = _REQUEST.unpack(fcntl.ioctl(control, SIOCGIFFLAGS, request))
        flags = flags | IFF_UP if up else flags & ~IFF_UP
        fcntl.ioctl(control, SIOCSIFFLAGS, _REQUEST.pack(name.encode(), flags))
