"""Put a plan together: number the places and ports, add up delays, decide how packets go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apn_emu.network.model import Link, Network
from apn_emu.optics.grid import Channel
from apn_emu.optics.latency import AMPLIFIER_DELAY_NS, ROADM_DELAY_NS, LatencyBudget, fibre_delay_ns
from apn_emu.planning.addresses import server_ipv4, server_ipv6, server_mac
from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.plan import (
    ADD_DROP_PORT,
    CLIENT_PORT,
    End,
    Fibre,
    Lightpath,
    Plan,
    Roadm,
    Server,
    Site,
)


@dataclass(frozen=True)
class SiteRequest:
    """A data centre as the scenario asks for it."""

    id: str
    servers: int
    server_rate_bps: int
    queue_bytes: int
    mtu: int


@dataclass(frozen=True)
class AllocatedLightpath:
    """A lightpath with its route (node ids), links, channel and mode decided."""

    id: str
    a: str
    b: str
    route: tuple[str, ...]
    links: tuple[Link, ...]
    channel: Channel
    mode: str
    rate_bps: int
    queue_bytes: int
    transceivers_ns: int
    frame_loss: float
    qot: dict[str, float]


def assemble(
    name: str,
    seed: int,
    network: Network,
    amplifiers: Mapping[str, int],
    sites: Sequence[SiteRequest],
    lightpaths: Sequence[AllocatedLightpath],
    workloads: Sequence[dict[str, Any]] = (),
    events: Sequence[dict[str, Any]] = (),
    *,
    amplifier_ns: int = AMPLIFIER_DELAY_NS,
    roadm_ns: int = ROADM_DELAY_NS,
) -> Plan:
    """Return the plan. `amplifiers` counts, for each link id, the EDFAs of one direction.

    `amplifier_ns` and `roadm_ns` are the one-way latency of one amplifier and one ROADM.
    """
    index = {node.id: number for number, node in enumerate(network.nodes, 1)}
    fibres = _fibres(network, amplifiers, amplifier_ns, roadm_ns)
    site_ids = [site.id for site in sites]
    ports = _Ports({fibre.id: fibre for fibre in fibres}, amplifier_ns, roadm_ns)
    built = tuple(map(ports.lightpath, lightpaths))
    return Plan(
        name=name,
        network=network.name,
        seed=seed,
        roadms=tuple(Roadm(node.id, index[node.id]) for node in network.nodes),
        fibres=fibres,
        sites=tuple(_site(site, index[site.id]) for site in sites),
        lightpaths=built,
        next_hops=next_hops(site_ids, built),
        broadcast_tree=broadcast_tree(site_ids, built),
        workloads=tuple(workloads),
        events=tuple(events),
    )


def _fibres(
    network: Network, amplifiers: Mapping[str, int], amplifier_ns: int, roadm_ns: int
) -> tuple[Fibre, ...]:
    degrees: Counter[str] = Counter()
    fibres = []
    for link in network.links:
        degrees.update((link.a, link.b))
        fibre_ns = fibre_delay_ns(link.length_km)
        fibres.append(
            Fibre(
                id=link.id,
                a=link.a,
                b=link.b,
                a_port=degrees[link.a],
                b_port=degrees[link.b],
                length_km=link.length_km,
                amplifiers=amplifiers[link.id],
                delay_ns=fibre_ns + amplifiers[link.id] * amplifier_ns + roadm_ns,
            )
        )
    return tuple(fibres)


def _site(site: SiteRequest, index: int) -> Site:
    servers = tuple(
        Server(
            name=f"{site.id}{number}",
            site=site.id,
            port=number,
            mac=server_mac(index, number),
            ipv4=server_ipv4(index, number),
            ipv6=server_ipv6(index, number),
        )
        for number in range(1, site.servers + 1)
    )
    return Site(site.id, index, servers, site.server_rate_bps, site.queue_bytes, site.mtu)


class _Ports:
    """Gives out ports: at each site the k-th lightpath gets line, client and add/drop port k."""

    def __init__(self, fibres: Mapping[str, Fibre], amplifier_ns: int, roadm_ns: int) -> None:
        self._fibres = fibres
        self._amplifier_ns = amplifier_ns
        self._roadm_ns = roadm_ns
        self._used: Counter[str] = Counter()

    def _end(self, site: str) -> End:
        number = self._used[site]
        self._used[site] += 1
        return End(site, 1 + number, CLIENT_PORT + number, ADD_DROP_PORT + number)

    def lightpath(self, request: AllocatedLightpath) -> Lightpath:
        """Return the lightpath with its ports and its latency, added up along the route."""
        crossed = [self._fibres[link.id] for link in request.links]
        latency = LatencyBudget(
            fibre_ns=sum(fibre_delay_ns(fibre.length_km) for fibre in crossed),
            amplifiers_ns=sum(fibre.amplifiers for fibre in crossed) * self._amplifier_ns,
            roadms_ns=len(request.route) * self._roadm_ns,
            transceivers_ns=request.transceivers_ns,
        )
        return Lightpath(
            id=request.id,
            a=self._end(request.a),
            b=self._end(request.b),
            route=request.route,
            fibres=tuple(link.id for link in request.links),
            length_km=round(sum(link.length_km for link in request.links), 3),
            channel_lower=request.channel.lower,
            channel_width=request.channel.width,
            centre_thz=request.channel.centre_thz,
            vid=request.channel.vid,
            mode=request.mode,
            rate_bps=request.rate_bps,
            queue_bytes=request.queue_bytes,
            latency=latency,
            drop_delay_ns=latency.total_ns - sum(fibre.delay_ns for fibre in crossed),
            frame_loss=request.frame_loss,
            qot=request.qot,
        )
