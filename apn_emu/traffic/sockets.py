"""Sockets with receive timestamps of the kernel, and waiting that is exact to a microsecond.

The kernel's receive timestamps count CLOCK_REALTIME, so `now_ns` does too. All servers share it and
nothing sets it while a session runs.
"""

from __future__ import annotations

import ctypes
import errno
import os
import select
import socket
import struct
import time

from apn_emu.traffic.streams import set_congestion

SO_TIMESTAMPNS = 35
"""Of asm-generic/socket.h; the control message has the same number."""

_TIMESPEC = struct.Struct("@qq")
_FILTER, _PROGRAM = struct.Struct("=HBBI"), struct.Struct("@HP")
SO_ATTACH_FILTER, ETH_P_ALL, PACKET_OUTGOING = 26, 3, 4
LOAD_LENGTH, JUMP_IF_EQUAL, RETURN = 0x80, 0x15, 0x06
"""Instructions of the classic BSD packet filter (linux/filter.h)."""

CONTROL_BYTES = socket.CMSG_SPACE(_TIMESPEC.size)

now_ns = time.time_ns


def datagram_socket(port: int, family: int = socket.AF_INET) -> socket.socket:
    """Return a UDP socket on a port of the current network namespace."""
    made = socket.socket(family, socket.SOCK_DGRAM)
    made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    made.bind(("", port))
    return made


def connecting(port: int, target: tuple[str, int], congestion: str | None = None) -> socket.socket:
    """Return a TCP socket that is being connected: it can be written to when it is.

    Raises `EmulationError` when the kernel does not have the congestion control.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind(("", port))
    set_congestion(made, congestion)
    made.setblocking(False)
    if (code := made.connect_ex(target)) not in (0, errno.EINPROGRESS):
        raise OSError(code, os.strerror(code))
    return made


def tap(interface: str, frame_bytes: tuple[int, int]) -> socket.socket:
    """Return a packet socket that keeps the frames of two lengths that arrive at an interface."""
    made = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    made.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    first, second = frame_bytes
    code = b"".join(
        _FILTER.pack(*instruction)
        for instruction in (
            (LOAD_LENGTH, 0, 0, 0),
            (JUMP_IF_EQUAL, 1, 0, first),
            (JUMP_IF_EQUAL, 0, 1, second),
            (RETURN, 0, 0, max(frame_bytes)),
            (RETURN, 0, 0, 0),
        )
    )
    instructions = ctypes.create_string_buffer(code)
    program = _PROGRAM.pack(len(code) // _FILTER.size, ctypes.addressof(instructions))
    made.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, program)
    made.bind((interface, ETH_P_ALL))
    made.setblocking(False)
    return made


def tapped(source: socket.socket) -> list[tuple[int, bytes]]:
    """Return (arrival in ns, frame) of everything that a tap has kept."""
    frames: list[tuple[int, bytes]] = []
    while True:
        try:
            data, control, _, address = source.recvmsg(1 << 16, CONTROL_BYTES)
        except BlockingIOError:
            return frames
        if address[2] != PACKET_OUTGOING:
            frames.append((arrival_ns(control), data))


def arrival_ns(control: list[tuple[int, int, bytes]]) -> int:
    """Return when the kernel got the packet whose control messages these are."""
    for level, kind, data in control:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds: int
            nanoseconds: int
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return seconds * 1_000_000_000 + nanoseconds
    raise OSError("a packet arrived without a timestamp")


def wait(source: socket.socket | select.epoll, until_ns: int | None) -> bool:
    """Wait until something can be read, or until a moment; return whether something can be read.

    By select(2), whose grain is a microsecond where that of poll(2) and epoll(7) is a millisecond.
    """
    left_s = None if until_ns is None else max(0, until_ns - now_ns()) / 1e9
    return bool(select.select([source], [], [], left_s)[0])
