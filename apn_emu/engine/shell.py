"""A network that stays up while its user writes lines: the host's side of `measuring.shell`."""

from __future__ import annotations

import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from apn_emu.engine.embedded import machine
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.engine.engines import EMBEDDED, HOST
from apn_emu.engine.host import machine as host
from apn_emu.engine.host import requirements
from apn_emu.engine.running import Progress
from apn_emu.engine.shell_socket import PREFIX, serving
from apn_emu.engine.turns import FOLDER, LINE, REQUEST, Turn
from apn_emu.errors import EmulationError
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan

SHELL = "apn_emu.measuring.shell"
"""What runs in place of workloads."""

LIMIT_S = 30 * 86400.0
"""Longest session, in wall-clock time."""

VIRTUAL_LIMIT_S = 10 * 365 * 86400.0


class ShellSession:
    """A context: enter it to boot the plan's network, leave it to end everything.

    The scenario's workloads and events are left out. On virtual time, time passes only while a line
    is carried out or a request answered. Raises `MachineError` or `EmulationError`.
    """

    def __init__(
        self,
        plan: Plan,
        scenario_folder: Path | None,
        progress: Progress,
        engine: str = EMBEDDED,
        real_time: bool = False,
    ) -> None:
        self.real_time = real_time or engine == HOST
        workload = {"kind": SHELL, "name": "shell", "start_s": None, "real_time": self.real_time}
        self._plan = replace(plan, workloads=(workload,), events=(), captures=())
        self._engine, self._scenario_folder, self._progress = engine, scenario_folder, progress
        self._ended: queue.SimpleQueue[BaseException | None] = queue.SimpleQueue()
        self._lines = self._requests = 0
        self._asking = threading.Lock()

    def __enter__(self) -> ShellSession:
        """Boot; return when the network is lit."""
        if self._engine == HOST:
            requirements.check((), ())
        with ExitStack() as stack:
            self._staging = Path(tempfile.mkdtemp(prefix=PREFIX))
            stack.callback(shutil.rmtree, self._staging, ignore_errors=True)
            self._folder = self._staging / FOLDER
            self._folder.mkdir()
            (self._folder / AWAIT_FILE).touch()
            self._turns, self._turn_end = os.pipe()
            # A daemon: when we are interrupted, nobody waits for it, and the guard ends the kernel.
            self._machine = threading.Thread(target=self._run, daemon=True)
            self._machine.start()
            self._line = Turn(self._folder, LINE, 0)
            for _ in self._answers(self._line):
                pass
            self.socket_file = stack.enter_context(serving(self._staging, self.request))
            self._stack = stack.pop_all()
        return self

    def answer(self, line: str) -> Iterator[bytes]:
        """Send a line and yield what is printed, piece by piece, until it is carried out."""
        self._lines += 1
        self._line = Turn(self._folder, LINE, self._lines)
        self._ask(self._line, line.encode())
        return self._answers(self._line)

    def interrupt(self) -> None:
        """End what the last line began, as Ctrl-C does; once more kills it."""
        self._line.stop()

    def request(self, request: bytes) -> Iterator[bytes]:
        """Hand an HTTP request to the controller and yield the answer; for any thread."""
        with self._asking:
            self._requests += 1
            turn = Turn(self._folder, REQUEST, self._requests)
            self._ask(turn, request)
        return self._answers(turn)

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        """End the session; without an exception wait until the machine is off."""
        with self._stack:
            if kind is None:
                self.answer("exit")
                self._machine.join()

    def _run(self) -> None:
        try:
            if self._engine == HOST:
                host.run(self._plan, self._staging, LIMIT_S, self._progress, self._scenario_folder)
            else:
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
                    real_time=self.real_time,
                )
        except BaseException as error:  # passed on to the thread that waits
            self._ended.put(error)
        else:
            self._ended.put(None)

    def _ask(self, turn: Turn, asked: bytes) -> None:
        turn.ask(asked)
        os.write(self._turn_end, b"\n")

    def _answers(self, turn: Turn) -> Iterator[bytes]:
        for piece in turn.answer():
            if piece:
                yield piece
            elif not self._machine.is_alive():
                raise self._why()

    def _why(self) -> BaseException:
        """Return what ended the machine."""
        error = self._ended.get()
        self._ended.put(error)
        return error or EmulationError("the machine ended")
