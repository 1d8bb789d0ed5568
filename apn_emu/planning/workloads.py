"""The workloads of a scenario as plain data, with what only the finished plan can tell. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.planning.matrices import planned_load, planned_matrix
from apn_emu.planning.places import site_of
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.workloads import Workload
from apn_emu.scenario.workloads.bulk import Throughput
from apn_emu.scenario.workloads.distributed import Collective, Training
from apn_emu.scenario.workloads.matrix import pairs_of
from apn_emu.scenario.workloads.programs import Command, Iperf3, Ping
from apn_emu.scenario.workloads.requests import Flows
from apn_emu.traffic.flow_sizes import DISTRIBUTIONS, mean_bytes

PROGRAMS = (Ping, Iperf3, Command)
"""Kinds that need no way between their servers from the start, where one may be lit later."""

MAX_PAIRS, MAX_FLOWS = 2000, 10_000
"""Pairs of servers of a workload, and flows that arrive in it: each has a port of its own."""


def with_workloads(plan: Plan, scenario: Scenario, network: Network) -> Plan:
    """Return the plan with the scenario's workloads.

    Raises `InputError` with all of them that cannot run on it.
    """
    planned: list[dict[str, Any]] = []
    problems: list[Problem] = []
    servers = {site.id: len(site.servers) for site in plan.sites}
    populations = {node.id: node.population for node in network.nodes}
    for index, workload in enumerate(scenario.workloads):
        params = workload.to_plan(scenario.sites)
        if isinstance(workload, Throughput):
            params |= planned_matrix(workload.matrix, plan, populations)
        elif isinstance(workload, Flows):
            params["flows"] = planned_load(pairs_of(workload.matrix, servers), workload.load, plan)
        place = scenario.where("workloads", index, workload.kind)
        problems += [place.problem(*finding) for finding in _findings(plan, workload, params)]
        planned.append(params)
    if problems:
        raise InputError(problems)
    return replace(plan, workloads=tuple(planned))


def _findings(plan: Plan, workload: Workload, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a workload, and what would be right."""
    flows: Sequence[dict[str, Any]] = params.get("flows", ())
    if len(flows) > MAX_PAIRS:
        yield f"{len(flows)} pairs of servers are more than {MAX_PAIRS}", "use fewer servers"
    if isinstance(workload, Flows):
        expected = expected_flows(workload, flows)
        if expected > MAX_FLOWS:
            message = f"about {expected:,.0f} flows would arrive, more than {MAX_FLOWS:,}"
            yield message, "give a shorter duration or a lower load"
    if isinstance(workload, PROGRAMS) and _more_can_be_lit(plan):
        return
    pairs = [*params.get("pairs", ()), *(flow["ends"] for flow in flows)]
    if isinstance(workload, Collective | Training):
        together = params["on"] or [site.id for site in plan.sites]
        pairs += combinations(together, 2)
    apart = {
        (source, destination)
        for source, destination in (_sites(pair) for pair in pairs)
        if not plan.joins(source, destination)
    }
    for source, destination in sorted(apart):
        yield f"no lightpaths lead from {source} to {destination}", "add one under lightpaths"


def _more_can_be_lit(plan: Plan) -> bool:
    """Whether two sites have transponders left for lightpaths on demand."""
    left = Counter({site.id: site.transponders for site in plan.sites})
    for lightpath in plan.lightpaths:
        left.subtract(end.site for path in lightpath.paths for end in path.ends)
    return sum(number > 0 for number in left.values()) >= 2


def _sites(pair: Sequence[str]) -> tuple[str, str]:
    source, destination = map(site_of, pair)
    return source, destination


def expected_flows(workload: Flows, flows: Sequence[dict[str, Any]]) -> float:
    """Return how many flows arrive on average."""
    offered_bps = math.fsum(flow["rate_bps"] for flow in flows)
    lasting_s = workload.warm_up_s + workload.duration_s
    return offered_bps / 8 * lasting_s / mean_bytes(DISTRIBUTIONS[workload.distribution])
