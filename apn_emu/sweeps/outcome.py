"""One point of a sweep: run it, and keep what came of it, an error too."""

from __future__ import annotations

import traceback

from apn_emu.engine import running
from apn_emu.engine.comparing import run_with_baselines
from apn_emu.engine.running import Run
from apn_emu.errors import ApnError, ExitCode
from apn_emu.scenario.loading import network_of
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps.record import Failure

Outcome = Run | Failure


def run_point(scenario: Scenario) -> Outcome:
    """Plan and run a scenario, then its baselines; an error becomes a `Failure`.

    A fault in the program becomes one too, with its trace. Whatever happens at one point, the
    others of the sweep go on.
    """
    source = scenario.source
    folder = source.folder.resolve() if source.file else None
    try:
        network = network_of(scenario)
        plan = running.prepare(scenario, network)
        return run_with_baselines(
            scenario, network, plan, folder, lambda phase, text: None, at_once=1
        )
    except ApnError as error:
        return Failure.of(error)
    except Exception:
        return Failure(ExitCode.EMULATION_FAILED, traceback.format_exc().strip())
