"""What an embedded machine left behind, or why it broke off."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apn_emu.engine.embedded.kernel import Kernel
from apn_emu.errors import EmulationError

NEEDED_BYTES = 2**20
"""A run that broke off with less space than this is taken to have wanted more; a small run leaves
some 50 KB."""


MAKES_BRIDGES = "ovs-vswitchd"
"""It is busy for long when it makes hundreds of bridges and ports: work, not a spin."""


@dataclass(frozen=True)
class Outcome:
    """What a run left: the folder with the session's files, and the counters of virtual time."""

    kernel: Kernel
    measured: dict[str, Any]
    virtual_time: dict[str, Any]

    @property
    def exact(self) -> bool:
        """Whether equal inputs give equal bytes."""
        return not self.virtual_time["forced"]

    @property
    def why(self) -> str:
        """Why it is exact or not, and which program spun on the clock if one did."""
        why = "virtual time: equal scenarios and seeds give equal measurements to the byte"
        if not self.exact:
            why = f"the clock had to be pushed {self.virtual_time['forced']} times"
        spinner = self.virtual_time["spinner"]
        if spinner and not spinner.endswith(MAKES_BRIDGES):
            turns = self.virtual_time["longest_busy"]
            why += f"; {spinner} ran {turns:,} times without ever idling, which costs wall time"
        return why


def read_outcome(kernel: Kernel, folder: Path, answer: dict[str, Any], limit_s: float) -> Outcome:
    """Return the outcome, or raise `EmulationError` that says how the run broke off."""
    console = (folder / "console.log").read_text(errors="replace")
    error_file = folder / "error.json"
    if error_file.exists():
        raise EmulationError(_read(error_file)["message"])
    if answer["reason"] == "time limit":
        raise EmulationError(f"the run took longer than its time limit of {limit_s:g} s")
    if answer["reason"] == "start":
        raise EmulationError(f"the kernel {kernel.path} could not be started: {answer['status']}")
    measured_file = folder / "measured.json"
    if not measured_file.exists():
        raise EmulationError(full_disk(folder) or _why_it_ended(console, answer["status"]))
    return Outcome(
        kernel,
        _read(measured_file),
        _read(folder / "virtual_time.json"),
    )


def full_disk(folder: Path) -> str:
    """Return what to say if there is hardly any space where `folder` is, else nothing."""
    if shutil.disk_usage(folder).free >= NEEDED_BYTES:
        return ""
    return f"no space left in {folder.parent}: make room, or set TMPDIR to another place"


def _read(path: Path) -> dict[str, Any]:
    """Return what the guest left in a file; a full disk leaves it cut off or not at all."""
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
            return f"the embedded machine ended: {line.strip()} (see console.log)"
    last = lines[-1].strip() if lines else "it printed nothing"
    return f"the embedded machine ended with status {status}: {last} (see console.log)"
