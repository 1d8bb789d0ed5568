"""What a plan holds, and what is found in it by its id. No dependency."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from apn_emu.planning.domains import Border, Domain, EndToEnd
from apn_emu.planning.lightpaths import Lightpath, Path
from apn_emu.planning.packets import CrossTraffic, Hop, PacketLink, Router
from apn_emu.planning.parameters import ControlParameters, EquipmentParameters
from apn_emu.planning.places import Capture, Fibre, Gateway, Roadm, Server, Site, Terminal


@dataclass(frozen=True)
class Contents:
    """What to build, what to light, how packets go and what is run."""

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
    gateways: tuple[Gateway, ...] = ()
    domains: tuple[Domain, ...] = ()
    """Operators with a controller each; without any, one controls all."""
    borders: tuple[Border, ...] = ()
    end_to_end: tuple[EndToEnd, ...] = ()
    """Lightpaths over several domains; their segments are among `lightpaths`."""
    remote_sites: dict[str, int] = field(default_factory=dict)
    """In one operator's view, the sites of others: their index, which gives their addresses."""

    @cached_property
    def site_by_id(self) -> dict[str, Site]:
        """Sites by id."""
        return {site.id: site for site in self.sites}

    @cached_property
    def terminals(self) -> tuple[Terminal, ...]:
        """All that has transponders: sites, then gateways."""
        return (*self.sites, *self.gateways)

    @cached_property
    def terminal_by_id(self) -> dict[str, Terminal]:
        """Sites and gateways by id."""
        return {terminal.id: terminal for terminal in self.terminals}

    @cached_property
    def dpids(self) -> frozenset[int]:
        """Datapath ids of all switches: ROADMs, shelves, sites' switches, routers."""
        return frozenset(
            [
                *(roadm.dpid for roadm in self.roadms),
                *(terminal.shelf_dpid for terminal in self.terminals),
                *(site.switch_dpid for site in self.sites),
                *(router.dpid for router in self.routers),
            ]
        )

    @cached_property
    def site_index(self) -> dict[str, int]:
        """Index of each site that packets can be sent to, here or in another domain."""
        return {site.id: site.index for site in self.sites} | self.remote_sites

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
