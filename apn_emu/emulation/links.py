"""Mininet links of the emulated network, and what each does to packets (tc qdiscs).

A link only says what it wants; `network.ApnNet` makes all interfaces and queues in three batches.
"""

from __future__ import annotations

from typing import Any

from mininet.link import Intf, Link

from apn_emu.emulation.netem import Netem

ETHERNET_OVERHEAD_BYTES = 24
"""Preamble and start delimiter 8, frame check sequence 4, gap 12 (IEEE 802.3): the kernel counts a
frame without them."""

HEADER_BYTES = 14 + 4
"""Ethernet header and one VLAN tag of the client."""

TAG_BYTES = 4


BURST_S = 10e-6
"""How long a port may send at once what its rate allows in that time: the machine's timer has a
grain of 1 us, and waking for each frame would lose rate and take long."""


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

    def queues(self) -> list[tuple[Any, str | Netem]]:
        """Return (interface, qdisc) pairs; a text is what `tc` takes after `root`."""
        return []


class FibreLink(BatchedLink):
    """A fibre pair: delay only, for its wavelengths do not share bandwidth."""

    def __init__(self, node1: Any, node2: Any, delay_ns: int, mtu: int, **params: Any) -> None:
        self.delay_ns = delay_ns
        self.mtu = mtu + HEADER_BYTES + TAG_BYTES
        super().__init__(node1, node2, **params)

    def queues(self) -> list[tuple[Any, str | Netem]]:
        """Return the same delay for both directions."""
        delay = Netem(self.delay_ns)
        return [(self.intf1, delay), (self.intf2, delay)]


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

    def queues(self) -> list[tuple[Any, str | Netem]]:
        """Return the transmitter's queue and the receiver's delay."""
        receive = Netem(self.delay_ns, self.rate_bps, ETHERNET_OVERHEAD_BYTES, self.frame_loss)
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

    def queues(self) -> list[tuple[Any, str | Netem]]:
        """Return the same queue for both directions."""
        qdisc = queue(self.rate_bps, self.queue_bytes, self.mtu)
        return [(self.intf1, qdisc), (self.intf2, qdisc)]


class PatchLink(BatchedLink):
    """Between a switch and a shelf: Open vSwitch patch ports, for nothing is queued here."""
