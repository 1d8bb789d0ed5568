"""A port that sends: latency, then a queue with a rate, then marking. As tc sees it, one chain.

A link's delay stands before its queue and not behind it, because the kernel's netem takes a shaper
as its child but not the other way round. Every packet of the link gets the same delay, so what
happens in the queue is the same, only later by that delay, and each packet arrives when it would.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from apn_emu.emulation.netem import Netem

ETHERNET_OVERHEAD_BYTES = 24
"""Preamble and start delimiter 8, frame check sequence 4, gap 12 (IEEE 802.3): the kernel counts a
frame without them."""

HEADER_BYTES = 14 + 4
"""Ethernet header and one VLAN tag of the client."""

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

    def shaper(self, parent: str = "root") -> str:
        """Return what `tc qdisc add dev X` or `change` takes for rate and queue."""
        burst = max(self.mtu + HEADER_BYTES, round(self.rate_bps / 8 * BURST_S))
        return (
            f"{parent} handle 2: tbf rate {self.rate_bps}bit burst {burst}b"
            f" limit {self.limit_bytes}b overhead {ETHERNET_OVERHEAD_BYTES}"
        )

    def qdiscs(self, parent: str) -> Iterator[str]:
        """Yield what `tc qdisc add dev X` takes, for a queue below `parent`."""
        yield self.shaper(parent)
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

    def qdiscs(self) -> Iterator[str]:
        """Yield what `tc qdisc add dev X` takes; the delay is there already (`netem.apply`)."""
        if self.queue:
            yield from self.queue.qdiscs("parent 1:1" if self.delay else "root")
