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

from apn_emu.control.requests import EventKind, Lifecycle
from apn_emu.emulation.timeline import Activity, Readable
from apn_emu.errors import EmulationError
from apn_emu.planning.plan import AGENTS_PORT, CONTROLLER_PORT, REST_PORT, Plan

APPLICATION = "apn_emu.controllers.lightpaths"
LIGHT_LIMIT_S = 120.0
"""Longest wait for all lightpaths, in the emulated machine's time."""


class Controller:
    """A Ryu application in a process of its own; speaks by lines of JSON on its output."""

    def __init__(self, plan: Plan, plan_file: Path, openvswitch: Path, log: Path) -> None:
        self.plan = plan
        self.events: list[dict[str, Any]] = []
        """What it has told since everything was lit, see `control.requests.Event`."""
        listen = [f"--ofp-tcp-listen-port={CONTROLLER_PORT}", "--ofp-listen-host=127.0.0.1"]
        settings = {
            "APN_PLAN": str(plan_file),
            "APN_AGENTS": f"127.0.0.1:{AGENTS_PORT}",
            "APN_REST": f"0.0.0.0:{REST_PORT}",
            "APN_OPENVSWITCH": str(openvswitch),
        }
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [*python_command(), "-m", "apn_emu.controllers.launch", APPLICATION, *listen],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=os.environ | settings,
            )
        assert self.process.stdout is not None
        self._output = self.process.stdout
        self._log = log
        self._unread = b""

    def wait_until_lit(self, report: Callable[[int, int], None]) -> None:
        """Wait until all lightpaths, the sites' switches and routers have their rules.

        `report(lit, all)` follows the lightpaths. Raises `EmulationError` that names everything
        that was refused and why.
        """
        lightpaths = {lightpath.id for lightpath in self.plan.lightpaths}
        switches = {f"{site.switch_dpid:#x}": site.id for site in self.plan.sites}
        switches |= {f"{router.dpid:#x}": router.id for router in self.plan.routers}
        limit_s = time.monotonic() + LIGHT_LIMIT_S
        refused = []
        while lightpaths or switches:
            for event in self._next_events(limit_s):
                name = event["subject"]
                if event["event"] == EventKind.REFUSED:
                    refused.append(f"{name}: {event['text']}")
                    lightpaths.discard(name)
                elif event.get("lifecycle") == Lifecycle.INSTALLED:
                    lightpaths.discard(name)
                elif event["event"] == EventKind.SWITCH and name in switches:
                    refused += [f"switch {switches[name]}: {text}" for text in event["refused"]]
                    del switches[name]
            report(len(self.plan.lightpaths) - len(lightpaths), len(self.plan.lightpaths))
        if refused:
            raise EmulationError("the controller could not light " + "; ".join(refused))

    def follow(self) -> Activity:
        """Keep what the controller tells, until it ends: run it in the background."""
        while True:
            yield Readable(self._output)
            self.events += self._read()

    def events_since(self, origin_ns: int) -> list[dict[str, Any]]:
        """Return what it has told, in seconds from a moment of the monotonic clock."""
        told = []
        for event in self.events:
            at_s = round((event["at_ns"] - origin_ns) / 1e9, 9)
            told.append({"at_s": at_s} | {k: v for k, v in event.items() if k != "at_ns"})
        return told

    def _next_events(self, limit_s: float) -> list[dict[str, Any]]:
        left_s = limit_s - time.monotonic()
        if left_s <= 0 or not select.select([self._output], [], [], left_s)[0]:
            raise EmulationError("the controller did not light all lightpaths in time")
        return self._read()

    def _read(self) -> list[dict[str, Any]]:
        data = os.read(self._output.fileno(), 1 << 16)
        if not data:
            raise EmulationError(f"the controller ended: {self._log.read_text()[-2000:]}")
        *lines, self._unread = (self._unread + data).split(b"\n")
        return [json.loads(line) for line in lines]

    def stop(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.wait()


def python_command() -> list[str]:
    """Return this interpreter with the same start-up options (the embedded guest skips `site`)."""
    options = ["-S", "-s"] if sys.flags.no_site else []
    return [sys.executable, *options]
