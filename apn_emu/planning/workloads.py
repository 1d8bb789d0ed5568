"""The workloads of a scenario as plain data, with what only the finished plan can tell. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from apn_emu.errors import InputError, Problem
from apn_emu.measuring.kinds import from_plan
from apn_emu.measuring.workload import Workload
from apn_emu.network.model import Network
from apn_emu.planning.places import site_of
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario


def with_workloads(plan: Plan, scenario: Scenario, network: Network) -> Plan:
    """Return the plan with the scenario's workloads.

    Raises `InputError` with all of them that cannot run on it.
    """
    problems: list[Problem] = []
    populations = {node.id: node.population for node in network.nodes}
    planned = [
        entry.to_plan(scenario.sites) | entry.workload.for_plan(plan, populations)
        for entry in scenario.workloads
    ]
    plan = replace(plan, workloads=tuple(planned))
    for index, (entry, params) in enumerate(zip(scenario.workloads, planned, strict=True)):
        place = scenario.where("workloads", index, entry.kind)
        problems += [place.problem(*finding) for finding in _findings(plan, from_plan(params))]
    if problems:
        raise InputError(problems)
    return plan


def _findings(plan: Plan, workload: Workload) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a workload, and what would be right."""
    yield from workload.check_plan(plan)
    if workload.may_be_dark and _more_can_be_lit(plan):
        return
    ways = workload.ways(plan)
    for source, destination in sorted({(site_of(one), site_of(other)) for one, other in ways}):
        if not plan.joins(source, destination):
            yield f"no lightpaths lead from {source} to {destination}", "add one under lightpaths"


def _more_can_be_lit(plan: Plan) -> bool:
    """Whether two sites have transponders left for lightpaths on demand."""
    left = Counter({site.id: site.transponders for site in plan.sites})
    for lightpath in plan.lightpaths:
        left.subtract(end.site for path in lightpath.paths for end in path.ends)
    return sum(number > 0 for number in left.values()) >= 2
