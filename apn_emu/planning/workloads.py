"""The workloads of a scenario as plain data, with what only the finished plan can tell. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.planning.matrices import planned_matrix
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.workloads import Workload
from apn_emu.scenario.workloads.bulk import Throughput
from apn_emu.scenario.workloads.programs import Command, Iperf3, Ping

UNPLANNED = (Ping, Iperf3, Command)
"""Kinds that may run before there is a way between their servers."""

MAX_FLOWS = 2000


def with_workloads(plan: Plan, scenario: Scenario, network: Network) -> Plan:
    """Return the plan with the scenario's workloads.

    Raises `InputError` with all of them that cannot run on it.
    """
    planned: list[dict[str, Any]] = []
    problems: list[Problem] = []
    populations = {node.id: node.population for node in network.nodes}
    for index, workload in enumerate(scenario.workloads):
        params = workload.to_plan(scenario.sites)
        if isinstance(workload, Throughput):
            params |= planned_matrix(workload.matrix, plan, populations)
        place = scenario.where("workloads", index, workload.kind)
        problems += [place.problem(*finding) for finding in _findings(plan, workload, params)]
        planned.append(params)
    if problems:
        raise InputError(problems)
    return replace(plan, workloads=tuple(planned))


def _findings(plan: Plan, workload: Workload, params: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a workload, and what would be right."""
    flows: Sequence[dict[str, Any]] = params.get("flows", ())
    if len(flows) > MAX_FLOWS:
        yield f"{len(flows)} flows are more than {MAX_FLOWS}", "use fewer servers"
    if isinstance(workload, UNPLANNED):
        return
    pairs = [*params.get("pairs", ()), *(flow["ends"] for flow in flows)]
    apart = {
        (source, destination)
        for source, destination in (_sites(pair) for pair in pairs)
        if source != destination and destination not in plan.next_hops[source]
    }
    for source, destination in sorted(apart):
        yield f"no lightpaths lead from {source} to {destination}", "add one under lightpaths"


def _sites(pair: Sequence[str]) -> tuple[str, str]:
    source, destination = (place.partition("/")[0] for place in pair)
    return source, destination
