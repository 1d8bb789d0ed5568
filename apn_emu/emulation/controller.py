"""The controller process of a session, and what it reports."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apn_emu.errors import EmulationError
from apn_emu.planning.plan import CONTROLLER_PORT, Plan

APPLICATION = "apn_emu.controllers.lightpaths"
LIGHT_LIMIT_S = 120.0
"""Longest wait for all lightpaths, in the emulated machine's time."""


class Controller:
    """A Ryu application in a process of its own; speaks by lines of JSON on its output."""

    def __init__(self, plan: Plan, plan_file: Path, log: Path) -> None:
        self.plan = plan
        listen = [f"--ofp-tcp-listen-port={CONTROLLER_PORT}", "--ofp-listen-host=127.0.0.1"]
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [*_python(), "-m", "apn_emu.controllers.launch", APPLICATION, *listen],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | {"APN_PLAN": str(plan_file)},
            )
        self._log = log
        self._unread = b""

    def wait_until_lit(self, report: Callable[[int, int], None]) -> None:
        """Wait until every job of the plan is installed; `report(done, all)` follows it.

        Raises `EmulationError` that names every refused lightpath and why.
        """
        wanted = len(self.plan.lightpaths) + len(self.plan.sites)
        limit_s = time.monotonic() + LIGHT_LIMIT_S
        done = 0
        refused = []
        while done < wanted:
            event = self._next_event(limit_s)
            if event["event"] != "job":
                continue
            done += 1
            if not event["installed"]:
                refused.append(f"{event['job']}: {event['reason']}")
            report(max(0, done - len(self.plan.sites)), len(self.plan.lightpaths))
        if refused:
            raise EmulationError("the controller could not light " + "; ".join(refused))

    def _next_event(self, limit_s: float) -> dict[str, Any]:
        assert self.process.stdout is not None
        while b"\n" not in self._unread:
            left_s = limit_s - time.monotonic()
            if left_s <= 0:
                raise EmulationError("the controller did not light all lightpaths in time")
            if select.select([self.process.stdout], [], [], left_s)[0]:
                data = os.read(self.process.stdout.fileno(), 1 << 16)
                if not data:
                    raise EmulationError(f"the controller ended: {self._log.read_text()[-2000:]}")
                self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        event: dict[str, Any] = json.loads(line)
        return event

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait()


def _python() -> list[str]:
    """Return this interpreter with the same start-up options (the embedded guest skips `site`)."""
    options = ["-S", "-s"] if sys.flags.no_site else []
    return [sys.executable, *options]
