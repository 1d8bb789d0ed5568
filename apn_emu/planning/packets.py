"""The packet network of a plan: routers, the links between them, cross traffic. No dependency.

It is what an all-photonic network is compared with, or stands beside it: sites reach it by links of
their own, and its links are next hops like lightpaths.
"""

from __future__ import annotations

from dataclasses import dataclass

from apn_emu.planning.lightpaths import Lightpath

ROUTER_DPID = 0x40000
"""Datapath ids of routers are this plus the router's index."""

GENERATOR_PORT = 1
"""Port of a router at which cross traffic enters; links have ports from `CLIENT_PORT` on."""


@dataclass(frozen=True)
class Router:
    """A router, or the spine of a data centre's fabric. `index` counts from 1."""

    id: str
    index: int
    latency_ns: int
    """Time of a packet from port to port, queueing left out: look-up, fabric, framing."""

    @property
    def dpid(self) -> int:
        """OpenFlow datapath id."""
        return ROUTER_DPID + self.index


@dataclass(frozen=True)
class PacketEnd:
    """One end of a packet link: its place, a site's or a router's id, and the port there."""

    site: str
    client_port: int


@dataclass(frozen=True)
class PacketLatency:
    """One-way latency of a packet link in nanoseconds, queueing and serialisation left out.

    `routers_ns` is half the latency of each router at its ends, so that a router that is passed
    counts once.
    """

    line_ns: int
    routers_ns: int

    @property
    def total_ns(self) -> int:
        """Sum of all parts."""
        return self.line_ns + self.routers_ns


@dataclass(frozen=True)
class PacketLink:
    """A link between routers, or between a site's switch and a router; both directions alike.

    Each end's port sends at `rate_bps` from a drop-tail queue of `queue_bytes` (0: nothing ever
    waits here, for all that joins it is slower); above `ecn_bytes` (0: never) it marks packets that
    can be marked (RFC 3168).
    """

    id: str
    a: PacketEnd
    b: PacketEnd
    length_km: float
    rate_bps: int
    queue_bytes: int
    latency: PacketLatency
    ecn_bytes: int = 0

    @property
    def ends(self) -> tuple[PacketEnd, PacketEnd]:
        """Both ends."""
        return self.a, self.b

    def end(self, site: str) -> PacketEnd:
        """Return the end at a place; raise `KeyError` when the link does not end there."""
        for end in self.ends:
            if end.site == site:
                return end
        raise KeyError(site)

    def far_end(self, site: str) -> PacketEnd:
        """Return the end that is not at the place."""
        return self.b if self.a.site == site else self.a


Hop = Lightpath | PacketLink
"""What joins two places: both have `a`, `b`, `rate_bps`, `queue_bytes` and `latency.total_ns`."""


@dataclass(frozen=True)
class CrossTraffic:
    """Packets of others that enter at `router`, cross `link` and leave at its far end.

    Bursts of `burst_packets`, as segmentation offload sends them, leave at the moments of a Poisson
    process, so that `rate_bps` is taken on average. `number`, from 1, gives their addresses.
    """

    number: int
    router: str
    link: str
    rate_bps: int
    packet_bytes: int
    burst_packets: int

    @property
    def mac(self) -> str:
        """Their destination: locally administered, and no server's."""
        return f"02:a9:ff:ff:{self.number >> 8:02x}:{self.number & 255:02x}"

    @property
    def ipv4(self) -> str:
        """Their destination in the shared address space (RFC 6598)."""
        return f"100.64.{self.number >> 8}.{self.number & 255}"
