"""The controller processes of a session, and what they report."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from apn_emu.control.domains import Operator, parent_configuration
from apn_emu.control.requests import EventKind, Lifecycle
from apn_emu.emulation.timeline import Activity, Readable
from apn_emu.errors import EmulationError
from apn_emu.planning.plan import REST_PORT, Plan

APPLICATION = "apn_emu.controllers.lightpaths"
PARENT = "apn_emu.controllers.parent"
LIGHT_LIMIT_S = 120.0
"""Longest wait for all lightpaths, in the emulated machine's time."""


class ControllerProcess:
    """A process that speaks by lines of JSON on its output; `domain` says whose it is."""

    def __init__(
        self, domain: str, program: Sequence[str], settings: Mapping[str, str], log: Path
    ) -> None:
        self.domain = domain
        self.events: list[dict[str, Any]] = []
        """What it has told since everything was lit, see `control.requests.Event`."""
        with log.open("wb") as errors:
            self.process = subprocess.Popen(
                [*python_command(), "-m", *program],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env={**os.environ, **settings},
            )
        assert self.process.stdout is not None
        self._output = self.process.stdout
        self._log = log
        self._unread = b""

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
            whose = {"domain": self.domain} if self.domain else {}
            told.append({"at_s": at_s} | whose | {k: v for k, v in event.items() if k != "at_ns"})
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


class Controller(ControllerProcess):
    """An operator's controller, a Ryu application."""

    def __init__(self, operator: Operator, view_file: Path, openvswitch: Path, log: Path) -> None:
        self.plan = operator.view
        listen = [
            f"--ofp-tcp-listen-port={operator.openflow_port}",
            "--ofp-listen-host=127.0.0.1",
        ]
        settings = {
            "APN_PLAN": str(view_file),
            "APN_AGENTS": f"127.0.0.1:{operator.agents_port}",
            "APN_REST": f"0.0.0.0:{operator.rest_port}",
            "APN_OPENVSWITCH": str(openvswitch),
        }
        program = ["apn_emu.controllers.launch", APPLICATION, *listen]
        super().__init__(operator.name, program, settings, log)

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


class ParentController(ControllerProcess):
    """The controller above those of a plan's domains; it adopts what the plan lights across them.

    It serves where otherwise the one controller does.
    """

    def __init__(self, plan: Plan, operators: Sequence[Operator], folder: Path, log: Path) -> None:
        urls = {o.name: f"http://127.0.0.1:{o.rest_port}" for o in operators}
        file = folder / "parent.json"
        file.write_text(json.dumps(parent_configuration(plan, urls, f"0.0.0.0:{REST_PORT}")))
        super().__init__("", [PARENT, str(file)], {}, log)

    def wait_until_ready(self) -> None:
        """Wait until it serves; raise `EmulationError` if a domain refused what the plan lights."""
        limit_s = time.monotonic() + LIGHT_LIMIT_S
        while True:
            for event in self._next_events(limit_s):
                if event["event"] == EventKind.REFUSED:
                    text = f"{event['subject']}: {event['text']}"
                    raise EmulationError(f"the parent controller could not light {text}")
                if event["event"] == EventKind.READY:
                    return


def python_command() -> list[str]:
    """Return this interpreter with the same start-up options (the embedded guest skips `site`)."""
    options = ["-S", "-s"] if sys.flags.no_site else []
    return [sys.executable, *options]
