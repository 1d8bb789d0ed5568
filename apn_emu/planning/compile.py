"""Compile a scenario: allocate its lightpaths, add up delays, number everything. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from apn_emu.allocation.demands import Allocation
from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.optics.latency import AMPLIFIER_DELAY_NS, ROADM_DELAY_NS
from apn_emu.planning.addresses import MAX_SITES
from apn_emu.planning.assembly import AllocatedLightpath, SiteRequest, assemble
from apn_emu.planning.captures import with_captures
from apn_emu.planning.degradation import quality_of
from apn_emu.planning.events import resolve_events
from apn_emu.planning.lighting import Lighting, light
from apn_emu.planning.parameters import EquipmentParameters
from apn_emu.planning.plan import Plan
from apn_emu.planning.workloads import with_workloads
from apn_emu.scenario.control import control_parameters
from apn_emu.scenario.schema import Scenario


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
    problems = list(_not_numbered(scenario, network))
    if problems:
        raise InputError(problems)


def plan_of(scenario: Scenario, network: Network, lighting: Lighting, seed: int) -> Plan:
    """Return the plan with the lightpaths that were lit.

    Raises `InputError` with every event that cannot happen, workload that cannot run or place that
    cannot be captured.
    """
    system, built = lighting.quality.system, lighting.division.network
    events, problems = resolve_events(
        scenario,
        network,
        lighting.division.crossings,
        lambda link: [span.length_km for span in system.section(link).spans],
        quality_of(scenario, lighting),
    )
    if problems:
        raise InputError(problems)
    sites = [
        SiteRequest(
            id=name,
            servers=site.servers,
            server_rate_bps=round(site.server_rate_bps),
            queue_bytes=site.queue_byte,
            mtu=site.mtu,
            server_latency_ns=round(site.server_latency_s * 1e9),
            ecn_bytes=site.ecn_threshold_byte or 0,
            transponders=site.transponders,
        )
        for name, site in scenario.sites.items()
    ]
    plan = assemble(
        name=scenario.name,
        seed=seed,
        network=built,
        amplifiers={link.id: system.section(link.id).amplifiers for link in built.links},
        sites=sites,
        lightpaths=[
            _allocated(lighting, answer)
            for answer in lighting.answers
            if isinstance(answer, Allocation)
        ],
        equipment=_equipment(scenario),
        control=control_parameters(scenario.control),
        events=events,
        segments=lighting.segments if scenario.domains else None,
    )
    return with_captures(with_workloads(plan, scenario, network), scenario)


def _allocated(lighting: Lighting, answer: Allocation) -> AllocatedLightpath:
    request = lighting.requests[answer.demand.id]
    return AllocatedLightpath(
        rate_bps=round(answer.demand.rate_bps),
        lit=answer.lightpaths,
        qot=tuple(lighting.quality.qot(lit.id) for lit in answer.lightpaths),
        protection=request.protection,
        disjoint=request.disjoint,
        priority=request.priority,
        remote=lighting.remote.get(answer.demand.id, ""),
    )


def _equipment(scenario: Scenario) -> EquipmentParameters:
    given = scenario.equipment
    transceivers_s = given.transceiver_latency_s
    return EquipmentParameters(
        amplifier_ns=_ns(given.amplifier_latency_s, AMPLIFIER_DELAY_NS),
        roadm_ns=_ns(given.roadm_latency_s, ROADM_DELAY_NS),
        transceivers_ns=None if transceivers_s is None else round(transceivers_s * 1e9),
        line_queue_bytes=given.line_queue_byte,
    )


def _ns(override_s: float | None, default_ns: int) -> int:
    return default_ns if override_s is None else round(override_s * 1e9)


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
