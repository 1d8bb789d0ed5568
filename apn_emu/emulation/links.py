"""Mininet links of the emulated network, and what each does to packets (tc qdiscs).

A link only says what it wants; `network.ApnNet` makes all interfaces and queues in three batches.
"""

from __future__ import annotations

from typing import Any

from mininet.link import Intf, Link

ETHERNET_OVERHEAD_BYTES = 24
"""Preamble and start delimiter 8, frame check sequence 4, gap 12 (IEEE 802.3): the kernel counts a
frame without them."""

HEADER_BYTES = 14 + 4
"""Ethernet header and one VLAN tag of the client."""

TAG_BYTES = 4

IN_FLIGHT_PACKETS = 10_000_000
"""netem's limit where nothing may be dropped: it counts packets on their way, not a queue."""


class BatchedIntf(Intf):  # type: ignore[misc]
    """An interface that `ApnNet` configures together with all others."""

    def config(self, **params: Any) -> None:
        """Keep the parameters; nothing is run."""

    def delete(self) -> None:
        """Do nothing: interfaces end with their namespace or with `ApnNet`."""


class BatchedLink(Link):  # type: ignore[misc]
    """A veth pair, made by `ApnNet` together with all others."""

    mtu = 0

    def __init__(self, node1: Any, node2: Any, **params: Any) -> None:
        params["intf"] = BatchedIntf
        super().__init__(node1, node2, **params)

    @classmethod
    def makeIntfPair(cls, *args: Any, **kwargs: Any) -> None:
        """Make nothing yet."""

    def queues(self) -> list[tuple[Any, str]]:
        """Return (interface, qdisc) pairs, the qdisc as `tc` takes it after `root`."""
        return []


BURST_S = 10e-6
"""How long a port may send at once what its rate allows in that time: the machine's timer has a
grain of 1 us, and waking for each frame would lose rate and take long."""

TICK_NS = 64
"""The grain of delays in tc (PSCHED_SHIFT 6)."""


def queue(rate_bps: int, queue_bytes: int, mtu: int) -> str:
    """Return a port of that rate with a drop-tail queue counted in bytes.

    A token bucket paces but does not serialise the first frames; where that time counts
    (lightpaths), the far end serialises them exactly.
    """
    burst = max(mtu + HEADER_BYTES, round(rate_bps / 8 * BURST_S))
    limit = max(queue_bytes, 2 * (mtu + HEADER_BYTES))
    return (
        f"tbf rate {rate_bps}bit burst {burst}b limit {limit}b overhead {ETHERNET_OVERHEAD_BYTES}"
    )


def delay(delay_ns: int) -> str:
    """Return netem's delay to the nearest tick; tc itself would round down."""
    nearest_ns = round(delay_ns / TICK_NS) * TICK_NS + 1
    return f"delay {nearest_ns / 1e3:.3f}us"


class FibreLink(BatchedLink):
    """A fibre pair: delay only, for its wavelengths do not share bandwidth."""

    def __init__(self, node1: Any, node2: Any, delay_ns: int, mtu: int, **params: Any) -> None:
        self.delay_ns = delay_ns
        self.mtu = mtu + HEADER_BYTES + TAG_BYTES
        super().__init__(node1, node2, **params)

    def queues(self) -> list[tuple[Any, str]]:
        """Return the same delay for both directions."""
        qdisc = f"netem {delay(self.delay_ns)} limit {IN_FLIGHT_PACKETS}"
        return [(self.intf1, qdisc), (self.intf2, qdisc)]


class LineLink(BatchedLink):
    """Between a transponder (first node) and its ROADM's add/drop port (second node).

    The transmitter has the mode's rate and a queue; the receiver serialises frames at that rate and
    adds the latency of transceivers and ROADM, and the frames that FEC could not correct are lost.
    """

    def __init__(
        self,
        node1: Any,
        node2: Any,
        rate_bps: int,
        queue_bytes: int,
        delay_ns: int,
        frame_loss: float,
        mtu: int,
        **params: Any,
    ) -> None:
        self.rate_bps, self.queue_bytes = rate_bps, queue_bytes
        self.delay_ns, self.frame_loss = delay_ns, frame_loss
        self.client_mtu = mtu
        self.mtu = mtu + HEADER_BYTES + TAG_BYTES
        super().__init__(node1, node2, **params)

    def queues(self) -> list[tuple[Any, str]]:
        """Return the transmitter's queue and the receiver's delay."""
        loss = f" loss {100 * self.frame_loss:.9f}%" if self.frame_loss else ""
        receive = (
            f"netem {delay(self.delay_ns)} limit {IN_FLIGHT_PACKETS}{loss}"
            f" rate {self.rate_bps}bit {ETHERNET_OVERHEAD_BYTES}"
        )
        transmit = queue(self.rate_bps, self.queue_bytes, self.client_mtu)
        return [(self.intf1, transmit), (self.intf2, receive)]


class ServerLink(BatchedLink):
    """Between a server (first node) and its switch: a rate and a queue in bytes at both ends."""

    def __init__(
        self, node1: Any, node2: Any, rate_bps: int, queue_bytes: int, mtu: int, **params: Any
    ) -> None:
        self.rate_bps, self.queue_bytes = rate_bps, queue_bytes
        self.mtu = mtu
        super().__init__(node1, node2, **params)

    def queues(self) -> list[tuple[Any, str]]:
        """Return the same queue for both directions."""
        qdisc = queue(self.rate_bps, self.queue_bytes, self.mtu)
        return [(self.intf1, qdisc), (self.intf2, qdisc)]


class PatchLink(BatchedLink):
    """Between a switch and a shelf: Open vSwitch patch ports, for nothing is queued here."""
