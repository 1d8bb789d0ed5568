"""Real Open vSwitch and the real controller on the host, as processes of the user who tests.

The switches have no ports of the kernel's: their datapath is a dummy, what counts is OpenFlow.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from apn_emu.control.transponders import Done, Notification, Order, decode, encode
from apn_emu.planning.plan import Plan

SCHEMA = "/usr/share/openvswitch/vswitch.ovsschema"
WAIT_S = 30.0
NOWHERE = "tcp:127.0.0.1:9"


def until(met: Callable[[], object], what: str) -> None:
    """Wait until a condition is met; it comes when it comes, but not never."""
    limit_s = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < limit_s, f"never: {what}"
        time.sleep(0.01)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Return whether somebody listens on a port."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False


class Switches:
    """An Open vSwitch with all bridges of a plan."""

    def __init__(self, folder: Path, plan: Plan, controller_port: int) -> None:
        self.folder = folder
        names = ("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR")
        self.environment = os.environ | dict.fromkeys(names, str(folder))
        self.controller = f"tcp:127.0.0.1:{controller_port}"
        self._database = f"unix:{folder}/db.sock"
        self._run("ovsdb-tool", "create", f"{folder}/conf.db", SCHEMA)
        remote = f"--remote=punix:{folder}/db.sock"
        self._run("ovsdb-server", f"{folder}/conf.db", remote, "--pidfile", "--detach")
        self.bridges = {f"r{roadm.index}": roadm.dpid for roadm in plan.roadms}
        self.bridges |= {f"t{place.index}": place.shelf_dpid for place in plan.terminals}
        self.bridges |= {f"s{site.index}": site.switch_dpid for site in plan.sites}
        words = ["init"]
        for bridge, dpid in self.bridges.items():
            words += f"-- add-br {bridge}".split()
            words += f"-- set bridge {bridge} datapath_type=dummy fail_mode=secure".split()
            words += f"protocols=OpenFlow13 other_config:datapath-id={dpid:016x}".split()
            words.append("other_config:disable-in-band=true")
            words += f"-- set-controller {bridge} {self.controller}".split()
            words += f"-- set controller {bridge} max_backoff=1000".split()
        self.vsctl("--no-wait", *words)
        self.start()

    def start(self) -> None:
        modes = ("--enable-dummy=override", "--disable-system", "--no-chdir")
        log = f"--log-file={self.folder}/ovs-vswitchd.log"
        self._run("ovs-vswitchd", self._database, *modes, "--pidfile", "--detach", log)

    def signal(self, number: int, program: str = "ovs-vswitchd") -> None:
        os.kill(int((self.folder / f"{program}.pid").read_text()), number)

    def vsctl(self, *words: str) -> None:
        self._run("ovs-vsctl", f"--db={self._database}", *words)

    def ofctl(self, command: str, bridge: str, *words: str) -> str:
        socket_ = f"unix:{self.folder}/{bridge}.mgmt"
        return self._run("ovs-ofctl", "-O", "OpenFlow13", command, socket_, *words)

    def flows(self, bridge: str) -> list[str]:
        """Return the flows, without counters, sorted."""
        lines = self.ofctl("dump-flows", bridge).splitlines()[1:]
        return sorted(re.sub(r"duration=\S+ |n_packets=\S+ |n_bytes=\S+ ", "", x) for x in lines)

    def all_flows(self) -> dict[str, list[str]]:
        return {bridge: self.flows(bridge) for bridge in self.bridges}

    def reconnect(self, bridge: str) -> None:
        """Let a switch lose its controller and come again."""
        for target in (NOWHERE, self.controller):  # with none at all it would drop its flows
            self.vsctl("set-controller", bridge, target)

    def _run(self, *command: str) -> str:
        return subprocess.run(
            command, env=self.environment, check=True, capture_output=True, text=True
        ).stdout

    def stop(self) -> None:
        for program in ("ovs-vswitchd", "ovsdb-server"):
            with contextlib.suppress(OSError):
                self.signal(signal.SIGCONT, program)
                self.signal(signal.SIGTERM, program)


class ControllerProcess:
    """The controller of a plan as a process; `python` chooses the platform."""

    def __init__(self, folder: Path, plan: Plan, port: int, python: Path | None) -> None:
        (folder / "plan.json").write_text(plan.to_json())
        self._log = folder / "controller.log"
        self.rest_port, self.agents_port = free_port(), free_port()
        options = [f"--ofp-tcp-listen-port={port}", "--ofp-listen-host=127.0.0.1"]
        program = ["-m", "apn_emu.controllers.launch", "apn_emu.controllers.lightpaths"]
        with self._log.open("w") as log:
            self.process = subprocess.Popen(
                [str(python or sys.executable), *program, *options],
                stdout=subprocess.PIPE,
                stderr=log,
                env=os.environ
                | {
                    "APN_PLAN": str(folder / "plan.json"),
                    "APN_REST": f"127.0.0.1:{self.rest_port}",
                    "APN_AGENTS": f"127.0.0.1:{self.agents_port}",
                },
            )
        self.port = port
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()
        until(lambda: self.runs() and answers(self.rest_port), "the controller serves REST")

    def runs(self) -> bool:
        assert self.process.poll() is None, self.log()
        return True

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def ask(
        self, method: str, path: str, body: Any = None, wait_s: float | None = None
    ) -> tuple[int, Any]:
        """Return the status and the JSON value of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.rest_port, timeout=WAIT_S)
        headers = {"Content-Type": "application/json"}
        if wait_s is not None:
            headers["Prefer"] = f"wait={wait_s:g}"
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def states(self) -> dict[str, tuple[str, str]]:
        """Return lifecycle and operational state of each lightpath."""
        _, lightpaths = self.ask("GET", "/v1/lightpaths")
        return {p["id"]: (p["lifecycle_state"], p["operational_state"]) for p in lightpaths}

    def open_files(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def threads(self) -> int:
        return len(list(Path(f"/proc/{self.process.pid}/task").iterdir()))

    def log(self) -> str:
        return self._log.read_text()

    def stop(self) -> None:
        self.runs()
        self.process.kill()
        self.process.communicate()


class Agents:
    """All transponders' agents: they obey at once, `failing` ones say that they cannot."""

    def __init__(self, port: int) -> None:
        self.orders: list[Order] = []
        self.failing: set[str] = set()
        self._connection = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=self._obey, daemon=True).start()

    def tell(self, message: Notification) -> None:
        self._connection.sendall(encode(message).encode())

    def _obey(self) -> None:
        with contextlib.suppress(OSError), self._connection.makefile() as lines:
            for line in lines:
                order = decode(line)
                assert isinstance(order, Order)
                self.orders.append(order)
                fails = type(order).__name__ in self.failing
                self.tell(Done(order.order, "out of order" if fails else ""))

    def stop(self) -> None:
        self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()


ALL_UP = ("INSTALLED", "ENABLED")


@contextlib.contextmanager
def network(
    folder: Path, plan: Plan, python: Path | None = None
) -> Iterator[tuple[ControllerProcess, Switches, Agents]]:
    """Run the controller, the switches and the agents of a plan, until all of it is lit."""
    port = free_port()
    with contextlib.ExitStack() as stack:
        controller = ControllerProcess(folder, plan, port, python)
        stack.callback(controller.stop)
        switches = Switches(folder, plan, port)
        stack.callback(switches.stop)
        agents = Agents(controller.agents_port)
        stack.callback(agents.stop)
        until(lambda: set(controller.states().values()) <= {ALL_UP}, "all is lit")
        yield controller, switches, agents
