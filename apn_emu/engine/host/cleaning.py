"""Remove what killed runs have left: exactly what stands in their ledgers."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from apn_emu.engine.host.ledger import EMULATOR, STATE, Folder, Ledger, Process
from apn_emu.errors import MachineError


@dataclass(frozen=True)
class Cleaned:
    """What was ended and removed, and the emulators whose runs go on."""

    processes: list[Process] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)
    running: list[Process] = field(default_factory=list)


def clean(state: Path = STATE) -> Cleaned:
    """Remove what runs of the host engine left whose emulator is gone; safe to repeat.

    Raises `MachineError` where that takes more rights.
    """
    cleaned = Cleaned()
    try:
        folders = sorted(state.iterdir()) if state.exists() else []  # `glob` would hide an error
        for folder in folders:
            if folder.name.startswith("run-"):
                _clean(Ledger(folder), cleaned)
    except PermissionError as error:
        raise MachineError(
            f"no right to clean {error.filename or state}; run it as root"
        ) from error
    return cleaned


def _clean(ledger: Ledger, cleaned: Cleaned) -> None:
    processes, folders = ledger.entries()
    there = [process for process in processes if process.is_there()]
    owners = [process for process in there if process.what == EMULATOR]
    if owners:
        cleaned.running.extend(owners)
        return
    for process in there:
        process.end()
    cleaned.processes.extend(there)
    cleaned.folders.extend(folder for folder in folders if folder.remove())
    shutil.rmtree(ledger.folder, ignore_errors=True)  # its guard may be removing it, too
