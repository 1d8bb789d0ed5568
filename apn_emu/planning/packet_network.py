"""The conventional network in place of the lightpaths: a plan with routers and packet links. Pure.

Sites, servers, addresses and workloads stay those of the plan with lightpaths, so that the same
experiment runs on both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import networkx as nx

from apn_emu.network.model import Network
from apn_emu.optics.latency import fibre_delay_ns
from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.packets import CrossTraffic, PacketEnd, PacketLatency, PacketLink, Router
from apn_emu.planning.plan import CLIENT_PORT, Plan, Site

CABLE_KM = 0.1
"""Between a data centre's switch and the router or spine beside it. Assumption: a hall's length."""

MAX_QUEUE_BYTES = 2**32 - 1
"""The kernel's token bucket counts its queue in 32 bits."""


@dataclass(frozen=True)
class PacketNetwork:
    """A conventional network between the sites, as `scenario.baselines` states it.

    `fabric`: each site's switch is a leaf of one spine. `mesh`: an edge router a site, and lines
    between those pairs of sites that the scenario joins by lightpaths. `star`: an edge router a
    site, and lines from each to the router at `hub`, a node of the network. None as a rate: that of
    the site's servers together. `rtt_ns` replaces distances and lines' latency: it is that between
    any two sites, routers included.
    """

    topology: Literal["fabric", "mesh", "star"]
    rate_bps: int | None
    queue_s: float
    queue_bytes: int | None
    ecn_bytes: int
    router_latency_ns: int
    line_latency_ns: int
    detour: float
    rtt_ns: int | None
    oversubscription: float
    hub: str | None
    mtu: int | None
    cross_load: float
    cross_packet_bytes: int
    cross_burst_packets: int


def packet_plan(plan: Plan, network: Network, packet: PacketNetwork, name: str) -> Plan:
    """Return the plan in which the packet network stands in for fibres and lightpaths.

    Events of the optical network and captures are left out. Raises `ValueError` when there is
    nothing to join.
    """
    mtu = packet.mtu
    sites = tuple(
        replace(site, transponders=0, mtu=min(site.mtu, mtu or site.mtu)) for site in plan.sites
    )
    lengths_km = _lines(plan, network, packet)
    builder = _Builder(packet, {site.id: site for site in sites})
    for (a, b), length_km in lengths_km.items():
        builder.line(a, b, length_km)
    site_ids = [site.id for site in sites]
    router_ids = [router.id for router in builder.routers.values()]
    links = tuple(builder.links)
    return replace(
        plan,
        name=f"{plan.name}-{name}",
        roadms=(),
        fibres=(),
        lightpaths=(),
        events=(),
        captures=(),
        gateways=(),
        domains=(),
        borders=(),
        end_to_end=(),
        sites=sites,
        routers=tuple(builder.routers.values()),
        packet_links=links,
        cross_traffic=tuple(builder.cross_traffic),
        next_hops=next_hops(site_ids, links, router_ids),
        broadcast_tree=broadcast_tree(site_ids, links, router_ids),
    )


def central_node(plan: Plan, network: Network) -> str:
    """Return the node with the least sum of distances to the sites, the first of equals."""
    distances = [distances_km(network, site.id) for site in plan.sites]
    return min(
        (node.id for node in network.nodes), key=lambda node: sum(d[node] for d in distances)
    )


def distances_km(network: Network, source: str) -> Mapping[str, float]:
    """Return the length of the shortest fibre route from a node to every other one."""
    lengths: Mapping[str, float] = nx.single_source_dijkstra_path_length(
        network.graph, source, weight="length_km"
    )
    return lengths


def _lines(plan: Plan, network: Network, packet: PacketNetwork) -> dict[tuple[str, str], float]:
    """Return the length of the fibre of each line, by the two places that it joins."""
    if packet.topology == "mesh":
        pairs = [(service.source, service.destination) for service in plan.services]
        joined = dict.fromkeys(pairs or combinations(plan.site_by_id, 2))
        return {(a, b): distances_km(network, a)[b] for a, b in joined}
    if packet.topology == "fabric":
        return {(site.id, "fabric"): CABLE_KM for site in plan.sites}
    hub = packet.hub or central_node(plan, network)
    lengths_km = distances_km(network, hub)
    return {(site.id, f"hub-{hub}"): lengths_km[site.id] for site in plan.sites}


class _Builder:
    """Numbers routers and ports, and adds up latencies."""

    def __init__(self, packet: PacketNetwork, sites: Mapping[str, Site]) -> None:
        self.routers: dict[str, Router] = {}
        self.links: list[PacketLink] = []
        self.cross_traffic: list[CrossTraffic] = []
        self._packet = packet
        self._sites = sites
        self._ports: Counter[str] = Counter()

    def line(self, a: str, b: str, length_km: float) -> None:
        """Add a line from a site to another site or to the hub."""
        packet = self._packet
        if packet.topology == "fabric":
            self._router(b)
            self._link(a, b, length_km, self._uplink_bps(a), line=False)
            return
        ends = (self._edge(a), self._edge(b) if b in self._sites else self._router(b))
        rate_bps = packet.rate_bps or min(self._uplink_bps(s) for s in (a, b) if s in self._sites)
        self._link(*ends, length_km * packet.detour, rate_bps, line=True)

    def _router(self, name: str) -> str:
        if name not in self.routers:
            latency_ns = 0 if self._packet.rtt_ns is not None else self._packet.router_latency_ns
            self.routers[name] = Router(name, len(self.routers) + 1, latency_ns)
        return name

    def _edge(self, site: str) -> str:
        """Return the site's router, made and joined to the site's switch at first use."""
        name = f"router-{site}"
        if name not in self.routers:
            self._router(name)
            self._link(site, name, CABLE_KM, self._uplink_bps(site), line=False)
        return name

    def _uplink_bps(self, site: str) -> int:
        planned = self._sites[site]
        servers_bps = len(planned.servers) * planned.server_rate_bps
        return round(servers_bps / self._packet.oversubscription)

    def _link(self, a: str, b: str, length_km: float, rate_bps: int, line: bool) -> None:
        packet = self._packet
        self.links.append(
            PacketLink(
                id=f"{a}-{b}",
                a=self._end(a),
                b=self._end(b),
                length_km=round(length_km, 3),
                rate_bps=rate_bps,
                queue_bytes=self._queue_bytes(a, rate_bps, line),
                latency=self._latency(a, b, length_km, line),
                ecn_bytes=packet.ecn_bytes,
            )
        )
        if line and packet.cross_load:
            for router in (a, b):
                self.cross_traffic.append(
                    CrossTraffic(
                        number=len(self.cross_traffic) + 1,
                        router=router,
                        link=f"{a}-{b}",
                        rate_bps=round(rate_bps * packet.cross_load),
                        packet_bytes=packet.cross_packet_bytes,
                        burst_packets=packet.cross_burst_packets,
                    )
                )

    def _queue_bytes(self, a: str, rate_bps: int, line: bool) -> int:
        """Return the queue of a line's ports, or that of the switch whose uplink it is."""
        packet = self._packet
        if not line and packet.topology != "fabric":
            return 0 if packet.oversubscription == 1 else self._sites[a].queue_bytes
        return packet.queue_bytes or min(round(rate_bps / 8 * packet.queue_s), MAX_QUEUE_BYTES)

    def _end(self, place: str) -> PacketEnd:
        self._ports[place] += 1
        return PacketEnd(place, CLIENT_PORT - 1 + self._ports[place])

    def _latency(self, a: str, b: str, length_km: float, line: bool) -> PacketLatency:
        """Return the latency of a link; a line between two sites' routers has all of the RTT."""
        packet = self._packet
        if line and packet.rtt_ns is not None:
            lines_of_a_path = 1 if packet.topology == "mesh" else 2
            return PacketLatency(packet.rtt_ns // 2 // lines_of_a_path, 0)
        if packet.rtt_ns is not None:
            return PacketLatency(1, 0)  # forwarding finds no loop where each hop takes time
        routers_ns = sum(self.routers[p].latency_ns for p in (a, b) if p in self.routers) // 2
        line_ns = fibre_delay_ns(length_km) + (packet.line_latency_ns if line else 0)
        return PacketLatency(max(line_ns, 1), routers_ns)
