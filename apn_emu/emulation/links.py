"""Mininet links of the emulated network, and what each does to packets (tc qdiscs).

A link only says what it wants; `network.ApnNet` makes all interfaces and queues in three batches.
"""

from __future__ import annotations

from typing import Any

from mininet.link import Intf, Link

from apn_emu.emulation.netem import Netem
from apn_emu.emulation.ports import ETHERNET_OVERHEAD_BYTES, HEADER_BYTES, TAG_BYTES, Port, Queue
from apn_emu.planning.packets import PacketLink
from apn_emu.planning.plan import Site


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

    def ports(self) -> list[tuple[Any, Port]]:
        """Return what each interface does to the packets that it sends."""
        return []


class FibreLink(BatchedLink):
    """A fibre pair: delay only, for its wavelengths do not share bandwidth."""

    def __init__(self, node1: Any, node2: Any, delay_ns: int, mtu: int, **params: Any) -> None:
        self.delay_ns = delay_ns
        self.mtu = mtu + HEADER_BYTES + TAG_BYTES
        super().__init__(node1, node2, **params)

    def ports(self) -> list[tuple[Any, Port]]:
        """Return the same delay for both directions."""
        port = Port(Netem(self.delay_ns))
        return [(self.intf1, port), (self.intf2, port)]


class LineLink(BatchedLink):
    """Between a transponder (first node) and its ROADM's add/drop port (second node).

    The transmitter has the mode's rate and a queue; the receiver serialises frames at that rate and
    adds the latency of transceivers and ROADM, and the frames that FEC could not correct are lost.
    A gateway passes on bit by bit what it receives: frames are serialised once, at the last end.
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
        ecn_bytes: int = 0,
        serialises: bool = True,
        **params: Any,
    ) -> None:
        self.serialised_bps = rate_bps if serialises else 0
        self.rate_bps, self.queue_bytes = rate_bps, queue_bytes
        self.delay_ns, self.frame_loss = delay_ns, frame_loss
        self.client_mtu, self.ecn_bytes = mtu, ecn_bytes
        self.mtu = mtu + HEADER_BYTES + TAG_BYTES
        super().__init__(node1, node2, **params)

    def ports(self) -> list[tuple[Any, Port]]:
        """Return the transmitter's queue and the receiver's delay."""
        receive = Netem(
            self.delay_ns, self.serialised_bps, ETHERNET_OVERHEAD_BYTES, self.frame_loss
        )
        transmit = Queue(self.rate_bps, self.queue_bytes, self.client_mtu, self.ecn_bytes)
        return [(self.intf1, Port(queue=transmit)), (self.intf2, Port(receive))]


class ServerLink(BatchedLink):
    """Between a server (first node) and its switch: a rate and a queue in bytes at both ends.

    What the server adds to a packet that it receives is spent before the switch's queue: a delay in
    the server's own port would part TCP from its queue (tcp_small_queue).
    """

    def __init__(self, node1: Any, node2: Any, site: Site, **params: Any) -> None:
        self.site = site
        self.mtu = site.mtu
        super().__init__(node1, node2, **params)

    def ports(self) -> list[tuple[Any, Port]]:
        """Return the server's port and the switch's."""
        site = self.site
        queue = Queue(site.server_rate_bps, site.queue_bytes, site.mtu, site.ecn_bytes)
        delay = Netem(site.server_latency_ns) if site.server_latency_ns else None
        return [(self.intf1, Port(queue=queue)), (self.intf2, Port(delay, queue))]


class RouterLink(BatchedLink):
    """A packet link between two routers, or a switch and a router: the same port at both ends."""

    def __init__(self, node1: Any, node2: Any, link: PacketLink, mtu: int, **params: Any) -> None:
        self.link = link
        self.mtu = mtu + HEADER_BYTES
        super().__init__(node1, node2, **params)

    def ports(self) -> list[tuple[Any, Port]]:
        """Return delay, rate and queue of both directions."""
        link = self.link
        queue = None
        if link.queue_bytes:
            mtu = self.mtu - HEADER_BYTES
            queue = Queue(link.rate_bps, link.queue_bytes, mtu, link.ecn_bytes)
        port = Port(Netem(link.latency.total_ns), queue)
        return [(self.intf1, port), (self.intf2, port)]


class GeneratorLink(BatchedLink):
    """Between the generator of cross traffic (first node) and a router: nothing is queued here."""

    def __init__(self, node1: Any, node2: Any, mtu: int, **params: Any) -> None:
        self.mtu = mtu + HEADER_BYTES
        super().__init__(node1, node2, **params)


class PatchLink(BatchedLink):
    """Between a switch and a shelf: Open vSwitch patch ports, for nothing is queued here."""
