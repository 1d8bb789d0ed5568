"""Points side by side on this machine: one worker process for each core.

A worker is a program of its own, not one of `multiprocessing`, so that a sweep can be called from
any script or notebook: nothing imports its main module again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from multiprocessing.connection import Connection, Pipe, wait

from apn_emu.engine.embedded.fingerprint import fingerprint
from apn_emu.errors import ExitCode
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps.outcome import Outcome
from apn_emu.sweeps.record import Failure

_PROGRAM = """
import sys
sys.path[:] = {path!r}
from apn_emu.sweeps.worker import serve
serve({channel}, {parent})
"""
"""With our own search path, which a notebook may have changed."""


class Local:
    """This machine, running `jobs` points at a time."""

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    @property
    def engine(self) -> dict[str, str]:
        """The programs of this machine; raises `MachineError` if one is missing."""
        return fingerprint()

    def run(self, scenarios: Mapping[int, Scenario]) -> Generator[tuple[int, Outcome]]:
        """Run the scenarios; yield the number and outcome of each when it is done.

        When the generator is closed or interrupted, what still runs is ended and leaves nothing.
        """
        waiting = list(scenarios.items())[::-1]
        busy: dict[Connection, tuple[_Worker, int]] = {}
        workers = [_Worker() for _ in range(min(self.jobs, len(waiting)))]
        try:
            for worker in workers:
                number, scenario = waiting.pop()
                worker.start(scenario)
                busy[worker.channel] = (worker, number)
            while busy:
                ready = wait(list(busy))
                for channel in [channel for channel in busy if channel in ready]:
                    worker, number = busy.pop(channel)
                    yield number, worker.outcome()
                    if waiting:
                        next_number, scenario = waiting.pop()
                        worker.start(scenario)
                        busy[worker.channel] = (worker, next_number)
        finally:
            for worker in workers:
                worker.end()


class _Worker:
    """A worker process and our end of its pipe. Started anew when it was killed."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.channel, theirs = Pipe()
        program = _PROGRAM.format(path=sys.path, channel=theirs.fileno(), parent=os.getpid())
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            start_new_session=True,  # Ctrl-C is for us; we end the worker
        )
        theirs.close()

    def start(self, scenario: Scenario) -> None:
        """Give the worker a scenario to run."""
        with contextlib.suppress(BrokenPipeError):  # it was killed: `outcome` says so
            self.channel.send(scenario)

    def outcome(self) -> Outcome:
        """Return what the worker answers; a worker that was killed is a failure of its point."""
        try:
            outcome: Outcome = self.channel.recv()
        except (EOFError, ConnectionResetError):
            self.end()
            status = self._process.returncode
            self._begin()
            message = f"the worker process ended with status {status}; was memory short?"
            return Failure(ExitCode.EMULATION_FAILED, message)
        return outcome

    def end(self) -> None:
        """End the worker and all that it started."""
        self.channel.close()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait()
