"""The ledger of a run: what it has made on this machine, written down before it is needed.

A session has network, mount, process and IPC namespaces of its own, so interfaces, bridges, mounts
and daemons end with its first process. What remains to be written down are that process and those
around it, and folders. Standard library only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

STATE = Path("/var/lib/apn-emu")
"""One folder a run, with its ledger."""

NAME = "ledger"
EMULATOR = "emulator"
"""The process that asked for the run: while it lives, the run is its own to end."""


@dataclass(frozen=True)
class Process:
    """A process, told from later ones with its number by the boot and its start."""

    what: str
    pid: int
    start: str

    def is_there(self) -> bool:
        """Whether this very process still runs."""
        return _start(self.pid) == self.start

    def end(self) -> None:
        """Kill this very process and no other: its number cannot pass on while it is open."""
        try:
            opened = os.pidfd_open(self.pid)
        except ProcessLookupError:
            return
        try:
            if self.is_there():
                signal.pidfd_send_signal(opened, signal.SIGKILL)
        except ProcessLookupError:
            pass
        finally:
            os.close(opened)


@dataclass(frozen=True)
class Folder:
    """A folder, told from a later one under its name by its inode."""

    path: str
    device: int
    inode: int

    def remove(self) -> bool:
        """Remove this very folder with all that is in it; return whether it was there."""
        path = Path(self.path)
        try:
            status = path.lstat()
        except FileNotFoundError:
            return False
        if (status.st_dev, status.st_ino) != (self.device, self.inode):
            return False
        shutil.rmtree(path)
        return True


class Ledger:
    """The file; each entry is one line, appended at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / NAME

    @classmethod
    def open(cls, state: Path = STATE) -> Ledger:
        """Begin the ledger of a new run; raise `OSError`."""
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(Path(tempfile.mkdtemp(prefix="run-", dir=state)))

    def add_process(self, what: str, pid: int) -> None:
        """Write a living process down."""
        self._add(Process(what, pid, _start(pid)))

    def add_folder(self, path: Path) -> None:
        """Write a folder down."""
        status = path.lstat()
        self._add(Folder(str(path), status.st_dev, status.st_ino))

    def entries(self) -> tuple[list[Process], list[Folder]]:
        """Return processes and folders in the order in which they were written down.

        A last line without its end was not written whole; what it was about was not begun yet.
        """
        processes, folders = [], []
        text = self._file.read_text() if self._file.exists() else ""
        for line in text.split("\n")[:-1]:
            entry = json.loads(line)
            if "pid" in entry:
                processes.append(Process(**entry))
            else:
                folders.append(Folder(**entry))
        return processes, folders

    def _add(self, entry: Process | Folder) -> None:
        with self._file.open("a") as file:
            file.write(json.dumps(asdict(entry)) + "\n")


def _start(pid: int) -> str:
    """Return the boot and the start of a process (field 22 of proc_pid_stat(5)); "" if none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    fields = stat[stat.rindex(")") + 2 :].split()  # from the state, which is field 3
    if fields[0] in "ZX":
        return ""
    return f"{Path('/proc/sys/kernel/random/boot_id').read_text().strip()} {fields[19]}"
