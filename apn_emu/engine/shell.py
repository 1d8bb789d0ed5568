"""A network that stays up while its user writes lines: the host's side of `workloads.shell`."""

from __future__ import annotations

import os
import queue
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from apn_emu.engine.embedded import machine
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.engine.running import Progress
from apn_emu.errors import EmulationError
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan
from apn_emu.workloads.shell import FOLDER

LIMIT_S = 30 * 86400.0
"""Longest session, in wall-clock time."""

VIRTUAL_LIMIT_S = 10 * 365 * 86400.0
LOOK_S = 0.02
"""How often the host looks for an answer, in wall-clock time."""


class ShellSession:
    """A context: enter it to boot the plan's network, leave it to end everything.

    The scenario's workloads and events are left out. Raises `MachineError` or `EmulationError`.
    """

    def __init__(self, plan: Plan, scenario_folder: Path | None, progress: Progress) -> None:
        workload = {"kind": "shell", "name": "shell", "start_s": None}
        self._plan = replace(plan, workloads=(workload,), events=())
        self._scenario_folder, self._progress = scenario_folder, progress
        self._ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._number = 0
        self._read: dict[int, int] = {}

    def __enter__(self) -> ShellSession:
        """Boot; return when the network is lit."""
        self._staging = Path(tempfile.mkdtemp(prefix="apn-emu-shell-"))
        self._folder = self._staging / FOLDER
        self._folder.mkdir()
        (self._folder / AWAIT_FILE).touch()
        self._turns, self._turn = os.pipe()
        # A daemon: when we are interrupted, nobody waits for it, and the guard ends the kernel.
        self._machine = threading.Thread(target=self._run, daemon=True)
        self._machine.start()
        try:
            for _ in self._output():
                pass
        except BaseException:
            self._remove()
            raise
        return self

    def answer(self, line: str) -> Iterator[str]:
        """Send a line and yield what is printed, piece by piece, until it is carried out."""
        self._number += 1
        (self._folder / f"{self._number}.in").write_text(line)
        os.write(self._turn, b"\n")
        return self._output()

    def interrupt(self) -> Iterator[str]:
        """End the program that runs, as Ctrl-C does; yield what is still printed."""
        (self._folder / f"{self._number}.interrupt").touch()
        return self._output()

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        """End the session; without an exception wait until the machine is off."""
        os.close(self._turn)
        if kind is None:
            self._machine.join()
        self._remove()

    def _run(self) -> None:
        try:
            machine.run(
                self._plan.to_json(),
                self._staging,
                LIMIT_S,
                self._progress,
                self._scenario_folder,
                self._plan.seed,
                virtual_limit_s=VIRTUAL_LIMIT_S,
                memory_mb=memory_mb(self._plan),
                turns=self._turns,
            )
        except BaseException as error:  # passed on to the thread that waits
            self._ended.put(error)
        else:
            self._ended.put(None)

    def _output(self) -> Iterator[str]:
        out = self._folder / f"{self._number}.out"
        done = self._folder / f"{self._number}.done"
        at = self._read.get(self._number, 0)
        while True:
            last = done.exists()
            if out.exists():
                with out.open("rb") as file:
                    file.seek(at)
                    data = file.read()
                at += len(data)
                self._read = {self._number: at}
                if data:
                    yield data.decode(errors="replace")
            if last:
                return
            self._check_machine()
            time.sleep(LOOK_S)

    def _check_machine(self) -> None:
        """Raise what ended the machine, if it has ended."""
        try:
            error = self._ended.get_nowait()
        except queue.Empty:
            return
        raise error or EmulationError("the embedded machine ended")

    def _remove(self) -> None:
        shutil.rmtree(self._staging, ignore_errors=True)
