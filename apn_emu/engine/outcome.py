"""What a session left behind, or why it broke off."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apn_emu.errors import EmulationError
from apn_emu.results.result import Fidelity

NEEDED_BYTES = 2**20
"""A run that broke off with less space than this is taken to have wanted more; a small run leaves
some 50 KB."""


@dataclass(frozen=True)
class Outcome:
    """What a run left. `exact`: equal inputs give equal bytes; `why` says why, or why not.

    `programs` are those that took part, by name, with version and hash.
    """

    kernel: str
    measured: dict[str, Any]
    exact: bool
    why: str
    fidelity: Fidelity | None = None
    programs: Mapping[str, str] = field(default_factory=dict)


def read_measured(folder: Path, answer: dict[str, Any], limit_s: float, what: str) -> Any:
    """Return what the session measured, or raise `EmulationError` that says how it broke off.

    `answer` is the guard's; `what` names the program that it started.
    """
    console = (folder / "console.log").read_text(errors="replace")
    error_file = folder / "error.json"
    if error_file.exists():
        raise EmulationError(read_json(error_file)["message"])
    if answer["reason"] == "time limit":
        raise EmulationError(f"the run took longer than its time limit of {limit_s:g} s")
    if answer["reason"] == "start":
        raise EmulationError(f"{what} could not be started: {answer['status']}")
    measured_file = folder / "measured.json"
    if not measured_file.exists():
        raise EmulationError(full_disk(folder) or _why_it_ended(console, answer["status"]))
    return read_json(measured_file)


def full_disk(folder: Path) -> str:
    """Return what to say if there is hardly any space where `folder` is, else nothing."""
    if shutil.disk_usage(folder).free >= NEEDED_BYTES:
        return ""
    return f"no space left in {folder.parent}: make room, or set TMPDIR to another place"


def read_json(path: Path) -> dict[str, Any]:
    """Return what the session left in a file; a full disk leaves it cut off or not at all."""
    try:
        data: dict[str, Any] = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        reason = full_disk(path.parent) or f"{path} is missing or cut off"
        raise EmulationError(reason) from error
    return data


def _why_it_ended(console: str, status: int) -> str:
    lines = [line for line in console.splitlines() if line.strip()]
    for line in lines:
        if "Kernel panic" in line or "virtual time limit" in line:
            return f"the machine ended: {line.strip()} (see console.log)"
    last = lines[-1].strip() if lines else "it printed nothing"
    return f"the machine ended with status {status}: {last} (see console.log)"
