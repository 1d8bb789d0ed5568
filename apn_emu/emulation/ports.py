"""A port that sends: latency, then a queue with a rate, then marking. As tc sees it, one chain.

A link's delay stands before its queue and not behind it, because the kernel's netem takes a shaper
as its child but not the other way round. Every packet of the link gets the same delay, so what
happens in the queue is the same, only later by that delay, and each packet arrives when it would.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from apn_emu.emulation import netem
from apn_emu.emulation.batches import batch
from apn_emu.emulation.netem import Netem
from apn_emu.emulation.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    TC_H_ROOT,
    Request,
    attribute,
    qdisc,
    talk,
)

ETHERNET_OVERHEAD_BYTES = 24
"""Preamble and start delimiter 8, frame check sequence 4, gap 12 (IEEE 802.3): the kernel counts a
frame without them."""

TAG_BYTES = 4
"""Of a VLAN or of a channel (IEEE 802.1Q)."""

HEADER_BYTES = 14 + TAG_BYTES
"""Ethernet header and one VLAN tag of the client."""

HANDLE = 2 << 16
"""`2:` of tc."""

BELOW_DELAY = netem.HANDLE + 1
"""`1:1` of tc."""

TC_LINKLAYER_ETHERNET = 1
TCA_TBF_PARMS, TCA_TBF_RATE64, TCA_TBF_BURST = 1, 4, 6

BURST_S = 10e-6
"""How long a port may send at once what its rate allows in that time: the machine's timer has a
grain of 1 us, and waking for each frame would lose rate and take long."""


@dataclass(frozen=True)
class Queue:
    """A rate and a drop-tail queue counted in bytes.

    From `ecn_bytes` (0: never) on, each packet that can be marked is (RFC 3168): the step that
    DCTCP wants (RFC 8257, section 3.1). Others are only dropped at the end of the queue.
    A token bucket paces but does not serialise the first frames; where that time counts
    (lightpaths), the far end serialises them exactly.
    """

    rate_bps: int
    queue_bytes: int
    mtu: int
    ecn_bytes: int = 0

    @property
    def limit_bytes(self) -> int:
        """The queue, two frames at least."""
        return max(self.queue_bytes, 2 * (self.mtu + HEADER_BYTES))

    @property
    def burst_bytes(self) -> int:
        """What may leave at once, a frame at least."""
        return max(self.mtu + HEADER_BYTES, round(self.rate_bps / 8 * BURST_S))

    def shaper(
        self, device: str, parent: int = TC_H_ROOT, flags: int = NLM_F_CREATE | NLM_F_EXCL
    ) -> Request:
        """Return the request that gives a device the rate and the queue; without `flags` it changes
        those that are there."""
        rate = self.rate_bps // 8
        spec = struct.pack(
            "=BBHhHI",
            *(0, TC_LINKLAYER_ETHERNET, ETHERNET_OVERHEAD_BYTES, 0, 0, min(rate, 0xFFFFFFFF)),
        )
        options = attribute(  # struct tc_tbf_qopt: rate, no peak rate, limit; linux/pkt_sched.h
            TCA_TBF_PARMS, spec + bytes(len(spec)) + struct.pack("=III", self.limit_bytes, 0, 0)
        )
        options += attribute(TCA_TBF_RATE64, struct.pack("=Q", rate))
        options += attribute(TCA_TBF_BURST, struct.pack("=I", self.burst_bytes))
        return f"queue of {device}", qdisc(device, "tbf", options, flags, HANDLE, parent)

    def marking(self) -> Iterator[str]:
        """Yield what `tc qdisc add dev X` takes below the shaper, if there is marking."""
        if self.ecn_bytes:
            # RED's average with the weight 1/2 is all but the queue itself, and between `min` and
            # `max` there is nothing: a step. `nodrop` spares what cannot be marked.
            yield (
                f"parent 2:1 handle 3: red limit {self.limit_bytes}b min {self.ecn_bytes}b"
                f" max {self.ecn_bytes + 1}b avpkt {self.ecn_bytes}b burst 1 probability 1"
                f" bandwidth {self.rate_bps}bit ecn nodrop"
            )


@dataclass(frozen=True)
class Port:
    """What an interface does to each packet that it sends: delay it, queue it, or both."""

    delay: Netem | None = None
    queue: Queue | None = None

    def shapers(self, device: str) -> Iterator[Request]:
        """Yield the request for the queue, if any; the delay is there already (`netem.apply`)."""
        if self.queue:
            yield self.queue.shaper(device, BELOW_DELAY if self.delay else TC_H_ROOT)

    def markings(self, device: str) -> Iterator[str]:
        """Yield the `tc` command for the marking below the queue, if any."""
        if self.queue:
            yield from (f"qdisc add dev {device} {marking}" for marking in self.queue.marking())


def set_queues(nodes: Iterable[Any]) -> None:
    """Give all ports of Mininet nodes their queues; the nodes share this network namespace."""
    ports = [
        (intf.name, port)
        for node in nodes
        for intf in node.intfList()
        if intf.name != "lo"
        for end, port in intf.link.ports()
        if end is intf
    ]
    talk(request for device, port in ports for request in port.shapers(device))
    if markings := [words for device, port in ports for words in port.markings(device)]:
        batch("tc", markings)
