"""Blocks of a pcapng file (IETF draft-ietf-opsawg-pcapng): one section, one Ethernet interface.

Everything is little-endian; timestamps count nanoseconds (`if_tsresol` 9).
"""

from __future__ import annotations

import struct

SECTION_HEADER, INTERFACE, STATISTICS, PACKET = 0x0A0D0D0A, 1, 5, 6
BYTE_ORDER_MAGIC, VERSION, UNKNOWN_LENGTH = 0x1A2B3C4D, (1, 0), -1
LINKTYPE_ETHERNET = 1
NANOSECONDS = b"\x09"

COMMENT, APPLICATION = 1, 4
NAME, DESCRIPTION, RESOLUTION = 2, 3, 9
FLAGS, INBOUND, OUTBOUND = 2, 1, 2
RECEIVED, DROPPED = 4, 5


def header(application: str, name: str, description: str, snap_bytes: int) -> bytes:
    """Return what a file begins with: its section and its interface."""
    section = struct.pack("<IHHq", BYTE_ORDER_MAGIC, *VERSION, UNKNOWN_LENGTH)
    interface = struct.pack("<HxxI", LINKTYPE_ETHERNET, snap_bytes)
    options = [(NAME, name.encode()), (DESCRIPTION, description.encode())]
    return _block(SECTION_HEADER, section, [(APPLICATION, application.encode())]) + _block(
        INTERFACE, interface, [*options, (RESOLUTION, NANOSECONDS)]
    )


def packet(at_ns: int, data: bytes, original_bytes: int, outbound: bool) -> bytes:
    """Return a packet, of which `data` was kept."""
    fields = struct.pack("<5I", 0, *_timestamp(at_ns), len(data), original_bytes)
    flags = struct.pack("<I", OUTBOUND if outbound else INBOUND)
    return _block(PACKET, fields + _padded(data), [(FLAGS, flags)])


def statistics(at_ns: int, received: int, dropped: int, comment: str) -> bytes:
    """Return the interface's counters, with a comment if there is anything to say."""
    counters = [(RECEIVED, struct.pack("<Q", received)), (DROPPED, struct.pack("<Q", dropped))]
    said = [(COMMENT, comment.encode())] if comment else []
    return _block(STATISTICS, struct.pack("<III", 0, *_timestamp(at_ns)), [*said, *counters])


def _timestamp(at_ns: int) -> tuple[int, int]:
    return at_ns >> 32, at_ns & 0xFFFFFFFF


def _block(kind: int, body: bytes, options: list[tuple[int, bytes]]) -> bytes:
    for code, value in options:
        body += struct.pack("<HH", code, len(value)) + _padded(value)
    body += bytes(4)  # end of options
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
