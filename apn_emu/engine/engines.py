"""The engines that can run a plan, by the names that ask for them; each has the same interface."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from apn_emu.engine.embedded import machine as embedded
from apn_emu.engine.embedded.fingerprint import fingerprint, programs
from apn_emu.engine.embedded.kernel import find_kernel
from apn_emu.engine.embedded.programs import check_programs
from apn_emu.engine.host import machine as host
from apn_emu.engine.host import requirements
from apn_emu.engine.outcome import Outcome
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario

Progress = Callable[[str, str], None]

Engine = Callable[[Scenario, Plan, Path, Path | None, Progress], Outcome]
"""Takes scenario, plan, folder for the session's files, the scenario's own folder, progress. Checks
first, with a `MachineError` that names all that is missing; raises `EmulationError` for a session
that broke off. Nothing is left running."""


def _embedded(
    scenario: Scenario, plan: Plan, staging: Path, folder: Path | None, progress: Progress
) -> Outcome:
    kinds, controls = _uses(plan)
    check_programs(kinds)
    find_kernel().check_congestion(controls)
    outcome = embedded.run(
        plan.to_json(),
        staging,
        scenario.time_limit_s,
        progress,
        folder,
        plan.seed,
        virtual_limit_s=scenario.virtual_time_limit_s,
        memory_mb=memory_mb(plan),
    )
    return replace(outcome, programs=fingerprint())


def _host(
    scenario: Scenario, plan: Plan, staging: Path, folder: Path | None, progress: Progress
) -> Outcome:
    requirements.check(*_uses(plan))
    outcome = host.run(plan, staging, scenario.time_limit_s, progress, folder)
    return replace(outcome, programs=programs())


def _uses(plan: Plan) -> tuple[list[str], list[str]]:
    """Return the kinds of workloads and the TCP congestion controls of a plan."""
    controls = (workload.get("congestion") for workload in plan.workloads)
    return [workload["kind"] for workload in plan.workloads], [*filter(None, controls)]


EMBEDDED, HOST = "embedded", "host"
ENGINES: Mapping[str, Engine] = {EMBEDDED: _embedded, HOST: _host}
