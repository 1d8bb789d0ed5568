"""Put a plan together: number the places and ports, add up delays, decide how packets go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apn_emu.allocation.demands import Lightpath as Allocated
from apn_emu.network.drawing import positions
from apn_emu.network.model import Network
from apn_emu.optics.latency import fibre_delay_ns
from apn_emu.optics.qot import Qot
from apn_emu.planning.addresses import server_ipv4, server_ipv6, server_mac
from apn_emu.planning.domains import Border
from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.lightpaths import Lightpath, Path, end_at
from apn_emu.planning.parameters import ControlParameters, EquipmentParameters
from apn_emu.planning.paths import PathBuilder, beside, lightpath_of, queue_bytes
from apn_emu.planning.places import Fibre, Gateway, Roadm, Server, Site, Terminal
from apn_emu.planning.plan import Plan
from apn_emu.planning.segments import Segments


@dataclass(frozen=True)
class SiteRequest:
    """A data centre as the scenario asks for it; None: as many transponders as are used."""

    id: str
    servers: int
    server_rate_bps: int
    queue_bytes: int
    mtu: int
    transponders: int | None = None
    server_latency_ns: int = 0
    ecn_bytes: int = 0


@dataclass(frozen=True)
class AllocatedLightpath:
    """What was asked and what was allocated for it: a working path, perhaps a protecting one."""

    rate_bps: int
    lit: tuple[Allocated, ...]
    qot: tuple[Qot, ...]
    protection: str
    disjoint: str
    priority: int
    remote: str = ""


def assemble(
    name: str,
    seed: int,
    network: Network,
    amplifiers: Mapping[str, int],
    sites: Sequence[SiteRequest],
    lightpaths: Sequence[AllocatedLightpath],
    equipment: EquipmentParameters,
    control: ControlParameters,
    workloads: Sequence[dict[str, Any]] = (),
    events: Sequence[dict[str, Any]] = (),
    segments: Segments | None = None,
) -> Plan:
    """Return the plan. `amplifiers` counts, for each link id, the EDFAs of one direction;
    `segments` knows the domains that the network was parted among, if it was."""
    places = positions(network)
    index = {node.id: number for number, node in enumerate(network.nodes, 1)}
    fibres = _fibres(network, amplifiers, equipment)
    site_ids = [site.id for site in sites]
    used = Counter(node for asked in lightpaths for lit in asked.lit for node in _ends(lit))
    built_sites = tuple(_site(site, index[site.id], used[site.id]) for site in sites)
    borders = segments.built_borders() if segments else ()
    gateways = tuple(_gateways(borders, index, built_sites))
    terminals: tuple[Terminal, ...] = (*built_sites, *gateways)
    builder = PathBuilder(
        {fibre.id: fibre for fibre in fibres}, {place.id: place for place in terminals}, equipment
    )
    taken: Counter[str] = Counter()
    built = tuple(_lightpath(asked, builder, equipment, taken) for asked in lightpaths)
    return Plan(
        name=name,
        network=network.name,
        seed=seed,
        roadms=tuple(
            Roadm(node.id, index[node.id], node.name, *(round(v, 6) for v in places[node.id]))
            for node in network.nodes
        ),
        fibres=fibres,
        sites=built_sites,
        lightpaths=built,
        next_hops=next_hops(site_ids, built),
        broadcast_tree=broadcast_tree(site_ids, built),
        equipment=equipment,
        control=control,
        workloads=tuple(workloads),
        events=tuple(events),
        gateways=gateways,
        domains=segments.domains() if segments else (),
        borders=borders,
        end_to_end=tuple(segments.end_to_end) if segments else (),
    )


def _gateways(
    borders: Sequence[Border], index: Mapping[str, int], sites: Sequence[Site]
) -> Iterator[Gateway]:
    """Yield the gateways of all borders; they take whatever frames the sites send."""
    mtu = max(site.mtu for site in sites)
    for border in borders:
        for gateway in (border.a, border.b):
            number = index[gateway]
            yield Gateway(gateway, number, border.ports, mtu, opposite=border.far(gateway))


def _fibres(
    network: Network, amplifiers: Mapping[str, int], equipment: EquipmentParameters
) -> tuple[Fibre, ...]:
    degrees: Counter[str] = Counter()
    fibres = []
    for link in network.links:
        degrees.update((link.a, link.b))
        amplifiers_ns = amplifiers[link.id] * equipment.amplifier_ns
        fibres.append(
            Fibre(
                id=link.id,
                a=link.a,
                b=link.b,
                a_port=degrees[link.a],
                b_port=degrees[link.b],
                length_km=link.length_km,
                amplifiers=amplifiers[link.id],
                delay_ns=fibre_delay_ns(link.length_km) + amplifiers_ns + equipment.roadm_ns,
                srlgs=link.srlgs,
            )
        )
    return tuple(fibres)


def _site(site: SiteRequest, index: int, used: int) -> Site:
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
    transponders = used if site.transponders is None else site.transponders
    return Site(
        id=site.id,
        index=index,
        servers=servers,
        server_rate_bps=site.server_rate_bps,
        queue_bytes=site.queue_bytes,
        mtu=site.mtu,
        server_latency_ns=site.server_latency_ns,
        ecn_bytes=site.ecn_bytes,
        transponders=transponders,
    )


def _ends(lit: Allocated) -> tuple[str, str]:
    return lit.source, lit.destination


def _lightpath(
    asked: AllocatedLightpath,
    builder: PathBuilder,
    equipment: EquipmentParameters,
    taken: Counter[str],
) -> Lightpath:
    """Return the lightpath; each of its paths takes the next transponder of both sites."""
    paths: list[Path] = []
    for lit, qot in zip(asked.lit, asked.qot, strict=True):
        taken.update(_ends(lit))
        a, b = (end_at(site, taken[site]) for site in _ends(lit))
        if paths:
            a, b = beside(a, paths[0].a), beside(b, paths[0].b)
        paths.append(builder.path(lit.id, a, b, lit, qot, asked.rate_bps))
    return lightpath_of(
        paths,
        queue_bytes=queue_bytes(equipment, asked.rate_bps),
        protection=asked.protection,
        disjoint=asked.disjoint,
        priority=asked.priority,
        remote=asked.remote,
    )
