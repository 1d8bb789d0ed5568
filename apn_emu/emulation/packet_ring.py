"""A ring of captured frames that the kernel fills by itself (packet(7), packet_mmap: TPACKET_V2).

Nothing wakes up for a frame, so capturing does not touch what is measured; and the kernel copies
no more of a frame than a slot holds.
"""

from __future__ import annotations

import mmap
import socket
import struct
from collections.abc import Iterator
from typing import NamedTuple

from apn_emu.traffic.sockets import ETH_P_ALL, PACKET_OUTGOING, SO_TIMESTAMPNS

SOL_PACKET, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION = 263, 5, 6, 10
TPACKET_V2 = 1
VALID, TAGGED, TAG_TYPE_KNOWN = 1 << 0, 1 << 4, 1 << 6
"""Of a slot's status: TP_STATUS_USER, TP_STATUS_VLAN_VALID, TP_STATUS_VLAN_TPID_VALID."""

ETH_P_8021Q = 0x8100
ADDRESSES_BYTES = 12
"""Of an Ethernet frame; a VLAN tag comes behind them."""

SLOT_BYTES, SLOTS, BLOCK_BYTES = 512, 32768, 1 << 16
SNAP_BYTES = SLOT_BYTES - 66
"""What a slot holds of a frame beside its header (struct tpacket2_hdr and struct sockaddr_ll)."""

_HEADER = struct.Struct("=IIIHHIIHH")
_PACKET_TYPE_OFFSET = 32 + 10
"""Of sll_pkttype in the address behind the header."""


class Frame(NamedTuple):
    """The begin of a frame, with its VLAN tag, and when the kernel saw it (CLOCK_REALTIME)."""

    at_ns: int
    data: bytes
    length_bytes: int
    outbound: bool


class PacketRing:
    """All frames that pass an interface of the current network namespace, in both directions."""

    def __init__(self, interface: str) -> None:
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self._socket.setsockopt(SOL_PACKET, PACKET_VERSION, TPACKET_V2)
        size = SLOT_BYTES * SLOTS
        ring = struct.pack("=4I", BLOCK_BYTES, size // BLOCK_BYTES, SLOT_BYTES, SLOTS)
        self._socket.setsockopt(SOL_PACKET, PACKET_RX_RING, ring)
        self._ring = mmap.mmap(self._socket.fileno(), size)
        self._ring.madvise(mmap.MADV_DONTFORK)  # forked workloads have no use for it
        self._slot = 0
        self._socket.bind((interface, ETH_P_ALL))

    def fileno(self) -> int:
        """Return the file that can be waited on until there is a frame."""
        return self._socket.fileno()

    def frames(self) -> Iterator[Frame]:
        """Yield the frames that have come since the last call."""
        while (frame := self._next()) is not None:
            yield frame

    def counters(self) -> tuple[int, int]:
        """Return how many frames came since the last call, and how many found no free slot."""
        return struct.unpack("=II", self._socket.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))

    def close(self) -> None:
        """End the capture."""
        self._ring.close()
        self._socket.close()

    def _next(self) -> Frame | None:
        slot = self._slot * SLOT_BYTES
        status, length, kept, begin, _, seconds, nanoseconds, tag, tag_type = _HEADER.unpack_from(
            self._ring, slot
        )
        if not status & VALID:
            return None
        data = self._ring[slot + begin : slot + begin + kept]
        if status & TAGGED:  # the kernel keeps the outer tag beside the frame
            tag_type = tag_type if status & TAG_TYPE_KNOWN else ETH_P_8021Q
            rest = data[ADDRESSES_BYTES:]
            data = data[:ADDRESSES_BYTES] + struct.pack(">HH", tag_type, tag) + rest
            length += 4
        outbound = self._ring[slot + _PACKET_TYPE_OFFSET] == PACKET_OUTGOING
        self._ring[slot : slot + 4] = bytes(4)  # the slot is the kernel's again
        self._slot = (self._slot + 1) % SLOTS
        return Frame(seconds * 1_000_000_000 + nanoseconds, data, length, outbound)
