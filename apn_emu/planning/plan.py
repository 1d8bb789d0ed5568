"""The plan: everything that is decided before the first packet, and the only truth about it.

Delays, rates, rules and addresses all come from here: the emulation builds it, the controller
lights it, the result is compared with it. Plain dataclasses with no dependency, because the plan is
also read inside the emulated machine, where each import costs time.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from apn_emu.planning.lightpaths import End, Lightpath, Path
from apn_emu.planning.packets import CrossTraffic, Hop, PacketLink, Router
from apn_emu.planning.parameters import ControlParameters, EquipmentParameters
from apn_emu.planning.places import (
    ADD_DROP_PORT,
    CLIENT_PORT,
    ROADM_DPID,
    SHELF_DPID,
    SWITCH_DPID,
    Capture,
    Fibre,
    Roadm,
    Server,
    Site,
)
from apn_emu.planning.restoring import restore

__all__ = [
    "ADD_DROP_PORT",
    "CLIENT_PORT",
    "CONTROLLER_PORT",
    "ROADM_DPID",
    "SHELF_DPID",
    "SWITCH_DPID",
    "Capture",
    "ControlParameters",
    "End",
    "EquipmentParameters",
    "Fibre",
    "Hop",
    "Lightpath",
    "Path",
    "Plan",
    "Roadm",
    "Server",
    "Site",
]

CONTROLLER_PORT = 6653
"""OpenFlow's registered TCP port (IANA)."""

AGENTS_PORT = 6654
"""Where the controller listens for the transponders' agents, on loopback."""

REST_PORT = 8181
"""Where the controller serves its REST interface, on loopback and on the management network."""


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
    """Site or router -> destination site -> hops to the next one, which share its flows (ECMP)."""
    broadcast_tree: tuple[str, ...]
    """Hops that carry broadcast and multicast: a spanning tree of sites and routers."""
    equipment: EquipmentParameters
    control: ControlParameters
    workloads: tuple[dict[str, Any], ...] = ()
    events: tuple[dict[str, Any], ...] = ()
    routers: tuple[Router, ...] = ()
    packet_links: tuple[PacketLink, ...] = ()
    cross_traffic: tuple[CrossTraffic, ...] = ()
    captures: tuple[Capture, ...] = ()

    @cached_property
    def site_by_id(self) -> dict[str, Site]:
        """Sites by id."""
        return {site.id: site for site in self.sites}

    @cached_property
    def lightpath_by_id(self) -> dict[str, Lightpath]:
        """Lightpaths by id."""
        return {lightpath.id: lightpath for lightpath in self.lightpaths}

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """Working and protecting paths of all lightpaths."""
        return tuple(path for lightpath in self.lightpaths for path in lightpath.paths)

    @cached_property
    def hop_by_id(self) -> dict[str, Hop]:
        """Lightpaths and packet links by id: what joins a site to the next one."""
        hops: tuple[Hop, ...] = (*self.lightpaths, *self.packet_links)
        return {hop.id: hop for hop in hops}

    @property
    def marks(self) -> bool:
        """Whether some port marks packets instead of dropping them (RFC 3168)."""
        marking = (p.ecn_bytes for p in self.sites), (p.ecn_bytes for p in self.packet_links)
        return any(map(any, marking))

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

    @cached_property
    def generator_routers(self) -> tuple[Router, ...]:
        """Routers at which cross traffic enters."""
        entered = {traffic.router for traffic in self.cross_traffic}
        return tuple(router for router in self.routers if router.id in entered)

    @cached_property
    def handed_over(self) -> dict[str, dict[str, list[str]]]:
        """Site or router -> destination site -> hops on which others send it packets for there."""
        places: list[Site | Router] = [*self.sites, *self.routers]
        handed: dict[str, dict[str, list[str]]]
        handed = {place.id: {site.id: [] for site in self.sites} for place in places}
        for source, next_hops in self.next_hops.items():
            for destination, hops in next_hops.items():
                for hop in hops:
                    handed[self.hop_by_id[hop].far_end(source).site][destination].append(hop)
        return handed

    def joins(self, source: str, destination: str) -> bool:
        """Return whether a planned way leads from one site to another, or both are the same."""
        return source == destination or destination in self.next_hops[source]

    def path(self, source: str, destination: str) -> tuple[Hop, ...]:
        """Return the hops, the first of each parallel set, that packets take between sites.

        Raises `KeyError` when the destination cannot be reached.
        """
        path: list[Hop] = []
        while source != destination:
            hop = self.hop_by_id[self.next_hops[source][destination][0]]
            path.append(hop)
            source = hop.far_end(source).site
        return tuple(path)

    def round_trip_ns(self, a: str, b: str) -> int:
        """Return the round-trip time of an empty network, without serialisation."""
        hops = (*self.path(a, b), *self.path(b, a))
        servers_ns = sum(self.site_by_id[site].server_latency_ns for site in (a, b))
        return servers_ns + sum(hop.latency.total_ns for hop in hops)

    def path_rate_bps(self, source: str, destination: str) -> int:
        """Return the rate of the narrowest place between servers of two sites, or of one.

        Raises `KeyError` when the destination cannot be reached.
        """
        rates = [self.site_by_id[site].server_rate_bps for site in (source, destination)]
        here = source
        while here != destination:
            hops = [self.hop_by_id[hop] for hop in self.next_hops[here][destination]]
            rates.append(sum(hop.rate_bps for hop in hops))
            here = hops[0].far_end(here).site
        return min(rates)

    def path_bytes(self, source: str, destination: str) -> int:
        """Return what can be on its way: the bandwidth-delay product, and all queues filled."""
        rate_bps, rtt_ns = (
            f(source, destination) for f in (self.path_rate_bps, self.round_trip_ns)
        )
        queued = sum(hop.queue_bytes for hop in self.path(source, destination))
        return round(rate_bps / 8 * rtt_ns / 1e9) + queued

    def to_json(self) -> str:
        """Return the plan as JSON, the same bytes for the same plan."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def _repr_html_(self) -> str:
        """Return the plan as Jupyter shows it."""
        from apn_emu.results.plan_tables import plan_html

        return plan_html(self)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Return the plan that `to_json` wrote."""
        plan = restore(cls, json.loads(text))
        assert isinstance(plan, cls)
        return plan
