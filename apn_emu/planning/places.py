"""What stands where in the emulated network, with numbers and addresses. No dependency."""

from __future__ import annotations

from dataclasses import dataclass

ROADM_DPID, SHELF_DPID, SWITCH_DPID = 0x10000, 0x20000, 0x30000
"""Datapath ids are one of these plus the place's index."""

ADD_DROP_PORT = 101
"""First add/drop port of a ROADM; its degrees (fibre pairs) count from 1."""

CLIENT_PORT = 1001
"""First port of a shelf or switch between the two; line and server ports count from 1."""


def site_of(place: str) -> str:
    """Return the site of a server that is named `site/number`, or by its site alone."""
    return place.partition("/")[0]


@dataclass(frozen=True)
class Roadm:
    """A ROADM (IOWN APN-G). `index` counts from 1 and gives its datapath id and short name."""

    id: str
    index: int
    name: str = ""
    x: float = 0.0
    y: float = 0.0
    """Where it stands on a map: to the right and downwards, in one unit (`network.drawing`)."""

    @property
    def dpid(self) -> int:
        """OpenFlow datapath id."""
        return ROADM_DPID + self.index


@dataclass(frozen=True)
class Fibre:
    """A fibre pair between degree ports of two ROADMs; `delay_ns` one way, see `optics.latency`.

    Fibres that fail together name the same `srlgs` (shared-risk link groups, RFC 4203).
    """

    id: str
    a: str
    b: str
    a_port: int
    b_port: int
    length_km: float
    amplifiers: int
    delay_ns: int
    """Fibre, amplifiers and the ROADM at its far end."""
    srlgs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Server:
    """An emulated server with its one network card."""

    name: str
    site: str
    port: int
    mac: str
    ipv4: str
    ipv6: str


@dataclass(frozen=True)
class Capture:
    """A place whose packets are captured: `port` of `node`, into `file` (`planning.captures`)."""

    place: str
    file: str
    node: str
    port: int


@dataclass(frozen=True)
class Site:
    """A data centre: a switch and a shelf of transponders (IOWN APN-T) beside a ROADM.

    Transponder n, from 1, has line port n, and the n-th client and add/drop port.
    """

    id: str
    index: int
    servers: tuple[Server, ...]
    server_rate_bps: int
    queue_bytes: int
    mtu: int
    transponders: int
    server_latency_ns: int = 0
    """What a server adds to each packet that it receives."""
    ecn_bytes: int = 0
    """Queue above which the switch's ports to servers mark packets; 0: never."""

    @property
    def switch_dpid(self) -> int:
        """OpenFlow datapath id of the data-centre switch."""
        return SWITCH_DPID + self.index

    @property
    def shelf_dpid(self) -> int:
        """OpenFlow datapath id of the transponder shelf."""
        return SHELF_DPID + self.index


@dataclass(frozen=True)
class Gateway:
    """A shelf of transponders where an operator's domain ends, beside a ROADM (`network.division`).

    Transponder n is cabled, client port to client port, to transponder n of the gateway `opposite`,
    which is another operator's. There is no switch and no server.
    """

    id: str
    index: int
    transponders: int
    mtu: int
    opposite: str
    ecn_bytes: int = 0

    @property
    def shelf_dpid(self) -> int:
        """OpenFlow datapath id of the transponder shelf."""
        return SHELF_DPID + self.index


Terminal = Site | Gateway
"""Where lightpaths end: what has a shelf of transponders."""
