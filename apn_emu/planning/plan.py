"""The plan: everything that is decided before the first packet, and the only truth about it.

Delays, rates, rules and addresses all come from here: the emulation builds it, the controller
lights it, the result is compared with it. Plain dataclasses with no dependency, because the plan is
also read inside the emulated machine, where each import costs time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, is_dataclass
from functools import cached_property
from typing import Any, get_args, get_type_hints

from apn_emu.optics.latency import LatencyBudget

CONTROLLER_PORT = 6653
"""OpenFlow's registered TCP port (IANA)."""

ROADM_DPID, SHELF_DPID, SWITCH_DPID = 0x10000, 0x20000, 0x30000
"""Datapath ids are one of these plus the place's index."""

ADD_DROP_PORT = 101
"""First add/drop port of a ROADM; its degrees (fibre pairs) count from 1."""

CLIENT_PORT = 1001
"""First port of a shelf or switch between the two; line and server ports count from 1."""


@dataclass(frozen=True)
class Roadm:
    """A ROADM (IOWN APN-G). `index` counts from 1 and gives its datapath id and short name."""

    id: str
    index: int

    @property
    def dpid(self) -> int:
        """OpenFlow datapath id."""
        return ROADM_DPID + self.index


@dataclass(frozen=True)
class Fibre:
    """A fibre pair between degree ports of two ROADMs; `delay_ns` one way, see `optics.latency`."""

    id: str
    a: str
    b: str
    a_port: int
    b_port: int
    length_km: float
    amplifiers: int
    delay_ns: int
    """Fibre, amplifiers and the ROADM at its far end."""


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
class Site:
    """A data centre: a switch and a shelf of transponders (IOWN APN-T) beside a ROADM."""

    id: str
    index: int
    servers: tuple[Server, ...]
    server_rate_bps: int
    queue_bytes: int
    mtu: int

    @property
    def switch_dpid(self) -> int:
        """OpenFlow datapath id of the data-centre switch."""
        return SWITCH_DPID + self.index

    @property
    def shelf_dpid(self) -> int:
        """OpenFlow datapath id of the transponder shelf."""
        return SHELF_DPID + self.index


@dataclass(frozen=True)
class End:
    """One end of a lightpath: its site and ports. The switch's uplink has the client's number."""

    site: str
    line_port: int
    client_port: int
    add_drop_port: int


@dataclass(frozen=True)
class Lightpath:
    """A bidirectional lightpath: route, channel, mode and what its packets get.

    `channel_lower` and `channel_width` count units of 6.25 GHz (`optics.grid`); `vid` stands for
    the channel on emulated fibres. `drop_delay_ns` is what the receiving end adds: transceivers
    and the first ROADM; with the fibres' delays it gives `latency.total_ns`.
    """

    id: str
    a: End
    b: End
    route: tuple[str, ...]
    fibres: tuple[str, ...]
    length_km: float
    channel_lower: int
    channel_width: int
    centre_thz: float
    vid: int
    mode: str
    rate_bps: int
    queue_bytes: int
    latency: LatencyBudget
    drop_delay_ns: int
    frame_loss: float = 0.0
    qot: dict[str, float] = field(default_factory=dict)

    def end(self, site: str) -> End:
        """Return the end at `site`; raise `KeyError` when the lightpath does not end there."""
        for end in (self.a, self.b):
            if end.site == site:
                return end
        raise KeyError(site)

    def far_end(self, site: str) -> End:
        """Return the end that is not at `site`."""
        return self.b if self.a.site == site else self.a


@dataclass(frozen=True)
class Plan:
    """A scenario compiled: what to build, what to light, how packets go and what is run."""

    name: str
    network: str
    seed: int
    roadms: tuple[Roadm, ...]
    fibres: tuple[Fibre, ...]
    sites: tuple[Site, ...]
    lightpaths: tuple[Lightpath, ...]
    next_hops: dict[str, dict[str, tuple[str, ...]]]
    """Site -> destination site -> the lightpaths to the next site, which share its flows (ECMP)."""
    broadcast_tree: tuple[str, ...]
    """Lightpaths that carry broadcast and multicast: a spanning tree of the sites."""
    workloads: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()

    @cached_property
    def site_by_id(self) -> dict[str, Site]:
        """Sites by id."""
        return {site.id: site for site in self.sites}

    @cached_property
    def lightpath_by_id(self) -> dict[str, Lightpath]:
        """Lightpaths by id."""
        return {lightpath.id: lightpath for lightpath in self.lightpaths}

    @cached_property
    def fibre_by_id(self) -> dict[str, Fibre]:
        """Fibres by id."""
        return {fibre.id: fibre for fibre in self.fibres}

    @cached_property
    def roadm_by_id(self) -> dict[str, Roadm]:
        """ROADMs by id."""
        return {roadm.id: roadm for roadm in self.roadms}

    @cached_property
    def servers(self) -> dict[str, Server]:
        """All servers by name."""
        return {server.name: server for site in self.sites for server in site.servers}

    def path(self, source: str, destination: str) -> tuple[Lightpath, ...]:
        """Return the lightpaths, the first of each parallel set, that packets take between sites.

        Raises `KeyError` when the destination cannot be reached.
        """
        path: list[Lightpath] = []
        while source != destination:
            hop = self.lightpath_by_id[self.next_hops[source][destination][0]]
            path.append(hop)
            source = hop.far_end(source).site
        return tuple(path)

    def round_trip_ns(self, a: str, b: str) -> int:
        """Return the round-trip time of an empty network, without serialisation."""
        there, back = self.path(a, b), self.path(b, a)
        return sum(hop.latency.total_ns for hop in (*there, *back))

    def to_json(self) -> str:
        """Return the plan as JSON, the same bytes for the same plan."""
        return json.dumps(asdict(self), indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Return the plan that `to_json` wrote."""
        plan = _restore(cls, json.loads(text))
        assert isinstance(plan, cls)
        return plan


def _restore(kind: Any, value: Any) -> Any:
    """Rebuild dataclasses and tuples from JSON's objects and arrays by their type hints."""
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        return kind(**{f.name: _restore(hints[f.name], value[f.name]) for f in fields(kind)})
    arguments = get_args(kind)
    if isinstance(value, list) and arguments:
        return tuple(_restore(arguments[0], item) for item in value)
    if isinstance(value, Mapping) and arguments:
        return {key: _restore(arguments[1], item) for key, item in value.items()}
    return value
