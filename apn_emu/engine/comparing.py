"""A scenario on the all-photonic network and on its baselines, side by side on all cores.

Each run has a kernel, a process, of its own; what waits for it here is a thread.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from apn_emu.engine import running
from apn_emu.engine.engines import EMBEDDED, Progress
from apn_emu.engine.memory import cores
from apn_emu.engine.running import Run
from apn_emu.errors import ApnError
from apn_emu.network.model import Network
from apn_emu.planning.baselines import baseline_plans
from apn_emu.planning.facts import facts_of
from apn_emu.planning.plan import Plan
from apn_emu.results.comparison import APN, BaselineRecord, compare
from apn_emu.results.indicators import Measured, scorecard
from apn_emu.scenario.schema import Scenario

Outcome = Run | BaseException


def run_with_baselines(
    scenario: Scenario,
    network: Network,
    plan: Plan,
    folder: Path | None,
    progress: Progress,
    engine: str = EMBEDDED,
    at_once: int | None = None,
) -> Run:
    """Run a plan and the scenario's baselines; the result compares them.

    `at_once` networks run side by side, else as many as there are cores. A baseline that breaks off
    is named in the result, with its error. Raises what the run of the plan itself raises.
    """
    if not scenario.baselines:
        return running.run(scenario, plan, folder, progress, engine)
    plans = {APN: plan, **baseline_plans(scenario, network, plan)}
    outcomes = _run_all(scenario, plans, folder, progress, engine, at_once or cores())
    apn = outcomes.pop(APN)
    assert isinstance(apn, Run)
    runs = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Run)}
    records = tuple(record_of(scenario, name, apn, outcome) for name, outcome in outcomes.items())
    networks = {
        name: Measured(facts_of(run.plan, network), run.result.measurements)
        for name, run in {APN: apn, **runs}.items()
    }
    reference = next((b.name for b in scenario.baselines if b.topology == "fabric"), None)
    cards = scorecard(networks, reference if reference in runs else None)
    result = replace(apn.result, baselines=records, scorecard=cards)
    return replace(apn, result=result, baselines=runs)


def record_of(scenario: Scenario, name: str, apn: Run, outcome: Outcome) -> BaselineRecord:
    """Return what the result says of a baseline: its comparison, or the error that ended it."""
    (baseline,) = (baseline for baseline in scenario.baselines if baseline.name == name)
    parameters = baseline.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if isinstance(outcome, Run):
        compared = compare(apn.result.measurements, outcome.result.measurements)
        return BaselineRecord(name, parameters, "", compared, outcome.result.wall_seconds)
    return BaselineRecord(name, parameters, str(outcome), (), None)


def _run_all(
    scenario: Scenario,
    plans: Mapping[str, Plan],
    folder: Path | None,
    progress: Progress,
    engine: str,
    at_once: int,
) -> dict[str, Outcome]:
    """Return the outcome of each plan, so many at a time; one in real time."""
    waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[str, Outcome]] = queue.SimpleQueue()
    for name in plans:
        waiting.put(name)
    bare = scenario.model_copy(update={"expect": ()})

    def work() -> None:
        while True:
            try:
                name = waiting.get_nowait()
            except queue.Empty:
                return
            here = (scenario, progress) if name == APN else (bare, lambda phase, text: None)
            try:
                outcome: Outcome = running.run(here[0], plans[name], folder, here[1], engine)
            except BaseException as error:  # passed on to the thread that waits
                outcome = error
            done.put((name, outcome))

    # Daemons: when we are interrupted, nobody waits for them, and guards end their kernels.
    for _ in range(min(at_once if engine == EMBEDDED else 1, len(plans))):
        threading.Thread(target=work, daemon=True).start()
    outcomes: dict[str, Outcome] = {}
    while len(outcomes) < len(plans):
        name, outcome = done.get()
        if isinstance(outcome, BaseException) and not (
            isinstance(outcome, ApnError) and name != APN
        ):
            raise outcome
        outcomes[name] = outcome
        progress("comparing", f"{name}, {len(outcomes)} of {len(plans)} networks done")
    return {name: outcomes[name] for name in plans}
