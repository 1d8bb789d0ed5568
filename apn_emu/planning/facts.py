"""What a plan says about each pair of sites, to judge measurements by. Pure.

Energy is counted along the way of a bit, as energy intensities (1 W per Gbit/s is 1 nJ per bit) of
the devices that it passes at full load: a network that stands half idle needs twice as much a bit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from apn_emu.network.model import Network
from apn_emu.optics.grid import C_BAND_UNITS
from apn_emu.optics.latency import fibre_delay_ns
from apn_emu.planning.packet_network import CABLE_KM, distances_km
from apn_emu.planning.packets import Hop, PacketLink
from apn_emu.planning.plan import Plan

Pair = tuple[str, str]

SPAN_KM = 80.0
"""Amplifier spacing of the transport network under a packet link. Assumption."""


@dataclass(frozen=True)
class Intensities:
    """Energy intensities in W per Gbit/s, that is nJ per bit.

    Defaults: "2024" column of arXiv:2504.14022 (appendix on network equipment), which renews Van
    Heddeghem et al., Photonic Network Communications 24 (2012) 86-102: routers had 10 and
    transceivers 1.5 there. A transceiver is one end; a ROADM or amplifier is passed.
    """

    router: float = 2.0
    transceiver: float = 0.09
    roadm: float = 0.05
    amplifier: float = 0.03


@dataclass(frozen=True)
class Facts:
    """By ordered pair of sites: the round trip of light, the rate, the energy of a bit (J).

    `light_rtt_s` is that of the shortest fibre route of the network, whatever was built;
    `filling` names the workloads whose TCP has its path to itself and no other limit;
    `spectrum_share` is the part of all fibres' C band that is lit, weighted by length.
    """

    light_rtt_s: Mapping[Pair, float]
    rate_bps: Mapping[Pair, int]
    energy_j: Mapping[Pair, float]
    spectrum_share: float
    filling: frozenset[str] = frozenset()


def facts_of(plan: Plan, network: Network, intensities: Intensities = Intensities()) -> Facts:
    """Return the facts of a plan; pairs without a way between them are left out."""
    lengths_km = {site.id: distances_km(network, site.id) for site in plan.sites}
    pairs = [(a, b) for a, b in permutations(plan.site_by_id, 2) if b in plan.next_hops.get(a, {})]
    return Facts(
        light_rtt_s={(a, b): 2 * fibre_delay_ns(lengths_km[a][b]) / 1e9 for a, b in pairs},
        rate_bps={pair: plan.path_rate_bps(*pair) for pair in pairs},
        energy_j={pair: _energy_j(plan, pair, intensities) for pair in pairs},
        spectrum_share=_spectrum_share(plan),
        filling=frozenset(params["name"] for params in plan.workloads if _fills_a_path(params)),
    )


def _fills_a_path(params: Mapping[str, Any]) -> bool:
    """Return whether a workload sends over TCP between one pair at a time, as fast as it goes."""
    if params["kind"] == "iperf3":
        alone = params["parallel"] == 1 or len(params["pairs"]) == 1
        return alone and params["protocol"] == "tcp" and not params["bitrate_bps"]
    if params["kind"] == "throughput":
        return [flow["rate_bps"] for flow in params["flows"]] == [None]
    return False


def _energy_j(plan: Plan, pair: Pair, intensities: Intensities) -> float:
    hops = plan.path(*pair)
    routers = {r.id for r in plan.routers} & {end.site for hop in hops for end in (hop.a, hop.b)}
    nj = len(routers) * intensities.router + sum(_hop_nj(plan, hop, intensities) for hop in hops)
    return nj * 1e-9


def _hop_nj(plan: Plan, hop: Hop, intensities: Intensities) -> float:
    """Return the transceivers at both ends and what is passed between them."""
    if isinstance(hop, PacketLink):
        roadms, amplifiers = 0, 0
        if hop.length_km > CABLE_KM:
            roadms, amplifiers = 2, math.ceil(hop.length_km / SPAN_KM) + 1
    else:
        roadms = len(hop.route)
        amplifiers = sum(plan.fibre_by_id[fibre].amplifiers for fibre in hop.fibres)
    passed = roadms * intensities.roadm + amplifiers * intensities.amplifier
    return 2 * intensities.transceiver + passed


def _spectrum_share(plan: Plan) -> float:
    band = C_BAND_UNITS * sum(fibre.length_km for fibre in plan.fibres)
    lit = sum(
        path.channel_width * plan.fibre_by_id[fibre].length_km
        for path in plan.paths
        for fibre in path.fibres
    )
    return lit / band if band else 0.0
