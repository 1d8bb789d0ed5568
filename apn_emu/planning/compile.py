"""Compile a scenario: allocate its lightpaths, add up delays, number everything. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from apn_emu.allocation.demands import Allocation, Lightpath
from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.optics.ber import frame_loss
from apn_emu.optics.latency import AMPLIFIER_DELAY_NS, ROADM_DELAY_NS, transceiver_delay_ns
from apn_emu.planning.addresses import MAX_SITES
from apn_emu.planning.assembly import AllocatedLightpath, SiteRequest, assemble
from apn_emu.planning.lighting import Lighting, light
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario

QUEUE_S = 1e-3
"""Depth of a line port's queue at its rate where the scenario gives none."""


def compile_plan(scenario: Scenario, network: Network, seed: int | None = None) -> Plan:
    """Return the plan of a scenario that was checked against its network.

    `seed` stands in for the scenario's own. Raises one `InputError` with all that is not emulated
    or cannot be numbered, else one with every lightpath that the allocator refuses.
    """
    check_supported(scenario, network)
    chosen = scenario.seed if seed is None else seed
    lighting = light(scenario, network, chosen)
    if lighting.problems:
        raise InputError(lighting.problems)
    return plan_of(scenario, network, lighting, chosen)


def check_supported(scenario: Scenario, network: Network) -> None:
    """Raise `InputError` with everything in the scenario that cannot be emulated."""
    problems = [*_not_emulated(scenario), *_not_numbered(scenario, network)]
    if problems:
        raise InputError(problems)


def plan_of(scenario: Scenario, network: Network, lighting: Lighting, seed: int) -> Plan:
    """Return the plan with the lightpaths that were lit."""
    system = lighting.quality.system
    equipment = scenario.equipment
    sites = [
        SiteRequest(name, site.servers, round(site.server_rate_bps), site.queue_byte, site.mtu)
        for name, site in scenario.sites.items()
    ]
    return assemble(
        name=scenario.name,
        seed=seed,
        network=network,
        amplifiers={link.id: system.section(link.id).amplifiers for link in network.links},
        sites=sites,
        lightpaths=[
            _allocated(scenario, network, lighting, answer, lightpath)
            for answer in lighting.answers
            if isinstance(answer, Allocation)
            for lightpath in answer.lightpaths
        ],
        workloads=[workload.to_plan(scenario.sites) for workload in scenario.workloads],
        amplifier_ns=_ns(equipment.amplifier_latency_s, AMPLIFIER_DELAY_NS),
        roadm_ns=_ns(equipment.roadm_latency_s, ROADM_DELAY_NS),
    )


def _allocated(
    scenario: Scenario,
    network: Network,
    lighting: Lighting,
    answer: Allocation,
    lightpath: Lightpath,
) -> AllocatedLightpath:
    qot = lighting.quality.qot(lightpath.id)
    mode = lightpath.mode
    mtu = max(scenario.sites[end].mtu for end in (lightpath.source, lightpath.destination))
    rate_bps = round(answer.demand.rate_bps)
    queue_byte = scenario.equipment.line_queue_byte
    return AllocatedLightpath(
        id=lightpath.id,
        a=lightpath.source,
        b=lightpath.destination,
        route=lightpath.route.nodes,
        links=tuple(network.link_by_id[link] for link in lightpath.route.links),
        channel=lightpath.channel,
        mode=mode.name,
        rate_bps=rate_bps,
        queue_bytes=round(rate_bps * QUEUE_S / 8) if queue_byte is None else queue_byte,
        transceivers_ns=_ns(scenario.equipment.transceiver_latency_s, transceiver_delay_ns(mode)),
        frame_loss=frame_loss(qot.margin_db, mtu),
        qot={
            "gsnr_01nm_db": round(qot.gsnr_01nm_db, 2),
            "osnr_01nm_db": round(qot.osnr_01nm_db, 2),
            "margin_db": round(qot.margin_db, 2),
            "pre_fec_ber": float(f"{mode.pre_fec_ber(qot.gsnr_bw_db):.3g}"),
        },
    )


def _ns(override_s: float | None, default_ns: int) -> int:
    return default_ns if override_s is None else round(override_s * 1e9)


def _not_emulated(scenario: Scenario) -> Iterator[Problem]:
    for index, request in enumerate(scenario.lightpaths):
        if request.protection != "none":
            message = f"protection {request.protection} is not emulated yet"
            place = scenario.where("lightpaths", index, "protection")
            yield place.problem(message, "write none")
    for index, event in enumerate(scenario.events):
        message = f"the event {event.kind} is not emulated yet"
        yield scenario.where("events", index).problem(message, "leave it out")


def _not_numbered(scenario: Scenario, network: Network) -> Iterator[Problem]:
    """Yield sites without an address of their own, and servers whose names are one."""
    number_of = {node.id: number for number, node in enumerate(network.nodes, 1)}
    owner: dict[str, str] = {}
    for site, entry in scenario.sites.items():
        place = scenario.where("sites", site)
        if number_of[site] > MAX_SITES:
            message = f"{site} is node {number_of[site]}; addresses reach to {MAX_SITES}"
            yield place.problem(message, f"use a network of {MAX_SITES} nodes at most")
        names = [f"{site}{number}" for number in range(1, entry.servers + 1)]
        if twice := next((name for name in names if name in owner), None):
            message = f"a server of {site} and one of {owner[twice]} would both be called {twice}"
            yield place.problem(message, "give fewer servers, or rename the node")
        owner.update(dict.fromkeys(names, site))
