"""Packet-level emulator of the all-photonic network that joins distributed data centres.

    import apn_emu as apn

    scenario = apn.load("experiments/tokyo_metro.yaml")
    done = apn.run(scenario, seed=1)
    done.frame()

docs/python.md shows more. Everything is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from apn_emu.api import load, load_network, plan, run, sweep
    from apn_emu.engine.running import Run
    from apn_emu.errors import ApnError, EmulationError, InputError, MachineError
    from apn_emu.network.model import Network
    from apn_emu.planning.plan import Plan
    from apn_emu.results.result import Result
    from apn_emu.scenario.schema import Scenario
    from apn_emu.sweeps.record import SweepResult
    from apn_emu.sweeps.sweeping import Listener

__version__ = "0.1.0"

_MODULE_OF = {
    **dict.fromkeys(("load", "load_network", "plan", "run", "sweep"), "apn_emu.api"),
    **dict.fromkeys(("ApnError", "EmulationError", "InputError", "MachineError"), "apn_emu.errors"),
    "Listener": "apn_emu.sweeps.sweeping",
    "Network": "apn_emu.network.model",
    "Plan": "apn_emu.planning.plan",
    "Result": "apn_emu.results.result",
    "Run": "apn_emu.engine.running",
    "Scenario": "apn_emu.scenario.schema",
    "SweepResult": "apn_emu.sweeps.record",
}

__all__ = [
    "ApnError",
    "EmulationError",
    "InputError",
    "Listener",
    "MachineError",
    "Network",
    "Plan",
    "Result",
    "Run",
    "Scenario",
    "SweepResult",
    "load",
    "load_network",
    "plan",
    "run",
    "sweep",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module 'apn_emu' has no attribute {name!r}")
    return getattr(import_module(_MODULE_OF[name]), name)


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
