"""One session on this machine's own kernel: from a plan to what it left behind."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apn_emu.engine import guarding
from apn_emu.engine.embedded.bundle import GUEST_PATH, bundle
from apn_emu.engine.embedded.pruning import held
from apn_emu.engine.host import LATENESS, fidelity
from apn_emu.engine.host.ledger import EMULATOR, STATE, Ledger
from apn_emu.engine.outcome import Outcome, read_json, read_measured
from apn_emu.errors import MachineError
from apn_emu.planning.plan import Plan

GUEST = "apn_emu/engine/host/guest.pyc"
ENTERING = "apn_emu.engine.host.entering"


def run(
    plan: Plan,
    folder: Path,
    limit_s: float,
    progress: Callable[[str, str], None],
    scenario_folder: Path | None = None,
) -> Outcome:
    """Run a plan in namespaces of its own, and return what came out.

    `folder` gets the session's files, as in the embedded engine. What this makes is written in a
    ledger and gone when it returns or raises: `EmulationError` if the run broke off,
    `MachineError` if the ledger cannot be written.
    """
    code = bundle()
    progress("entering", f"Linux {platform.release()}, namespaces of its own")
    (folder / "plan.json").write_text(plan.to_json())
    try:
        ledger = Ledger.open()
    except OSError as error:
        raise MachineError(f"cannot write {STATE}: {error.strerror}") from error
    ledger.add_process(EMULATOR, os.getpid())
    ledger.add_folder(folder)
    with held(code):
        order = _order(code, folder, limit_s, scenario_folder or folder, ledger)
        guarded = guarding.run(
            order, folder, progress, lambda pid: ledger.add_process("guard", pid)
        )
    measured = read_measured(folder, guarded, limit_s, "the session")
    late = read_json(folder / LATENESS)
    kept = fidelity.judge(late["late_us"], late["busy"], plan)
    kernel = f"Linux {platform.release()} (host)"
    return Outcome(kernel, measured, False, fidelity.words(kept), kept)


def _order(
    code: Path, folder: Path, limit_s: float, scenario_folder: Path, ledger: Ledger
) -> dict[str, Any]:
    """Return what the guard is to run, and what in turn enters the namespaces."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    python = f"bin/python{version}"
    inside = {
        "mounts": {
            "python": (sys.base_prefix, "ro"),
            "code": (str(code), "ro"),
            "scenario": (str(scenario_folder), "ro"),
            "venv": (sys.prefix, "ro"),
            "out": (str(folder.resolve()), "rw"),
        },
        "argv": [f"/mnt/python/{python}", "-S", "-s", "-P", f"{GUEST_PATH}/{GUEST}"],
        "ledger": str(ledger.folder),
    }
    interpreter = Path(sys.base_prefix) / python
    return {
        "argv": [str(interpreter), "-S", "-s", "-P", "-m", ENTERING, json.dumps(inside)],
        "environment": {"PATH": os.defpath, "PYTHONPATH": str(code), "PYTHONHASHSEED": "0"},
        "folder": "/",
        "console": str(folder / "console.log"),
        "limit_s": limit_s,
        "descriptors": [],
        "remove": str(ledger.folder),
        "results": str(folder),
        "locks": "",
    }
