"""Open vSwitch of an emulated network: a database and a switch daemon of its own, one transaction.

All bridges and ports are written to the database before `ovs-vswitchd` starts, so it makes them in
one go; run folder, database and sockets are ours, so a machine's own Open vSwitch is not touched.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from apn_emu.errors import EmulationError

NEVER_MS = 2_000_000_000
SETTINGS = {
    "vlan-limit": 2,  # a client's own VLAN tag inside the channel's
    "n-handler-threads": 1,  # the emulated machine has one processor
    "n-revalidator-threads": 1,
    "max-idle": NEVER_MS,  # ms: decided flows stay decided
    "max-revalidator": NEVER_MS,
}

SETTLING_S = 10.0
"""Virtual time that both daemons get to take a change in."""

QUEUES_ARE_OURS = "@ours"


class OpenVSwitch:
    """The two daemons, with their files in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        names = ("OVS_RUNDIR", "OVS_DBDIR", "OVS_LOGDIR", "OVS_SYSCONFDIR")
        self.environment = os.environ | dict.fromkeys(names, str(folder))
        self._socket = f"unix:{folder}/db.sock"

    def _run(self, *command: str, text: str | None = None) -> None:
        done = subprocess.run(
            command, env=self.environment, input=text, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise EmulationError(f"{command[0]} failed: {done.stderr.strip()}")

    def start_database(self) -> None:
        """Create the database and start its server."""
        database = f"{self.folder}/conf.db"
        self._run("ovsdb-tool", "create", database, "/usr/share/openvswitch/vswitch.ovsschema")
        remote = f"--remote=punix:{self.folder}/db.sock"
        self._run("ovsdb-server", database, remote, "--pidfile", "--detach")

    def configure(self, commands: Iterable[str]) -> None:
        """Write bridges and ports in one transaction; `commands` as ovs-vsctl takes them."""
        settings = [f"other_config:{key}={value}" for key, value in SETTINGS.items()]
        first = ["init", "--", "set", "Open_vSwitch", ".", *settings]
        first += ["--", f"--id={QUEUES_ARE_OURS}", "create", "qos", "type=linux-noop"]
        words = [*first, *(word for command in commands for word in ("--", *command.split()))]
        self._run("ovs-vsctl", f"--db={self._socket}", "--no-wait", *words)

    def start_switch(self) -> None:
        """Start `ovs-vswitchd`, which makes all bridges and connects them to the controller."""
        self._run("ovs-vswitchd", self._socket, "--pidfile", "--detach", "--log-file")

    def settle(self, keep_alive_ns: int) -> None:
        """Make both daemons idle while nothing happens, once all lightpaths are lit.

        Else idle days cost minutes: ovs-vswitchd writes counters every 5 s, ovsdb-server looks at
        its clients every 2.5 s. The counters wait until now because only they wake an ovs-vswitchd
        (3.1) that is to connect. An OpenFlow channel may be quiet for `keep_alive_ns`, 5 s at
        least, before its switch asks whether the controller is there.
        """
        probe_ms = max(1, keep_alive_ns // 1_000_000)  # 0: never
        quiet = ["map", [["stats-update-interval", str(NEVER_MS)]]]
        mutation = ["other_config", "insert", quiet]
        self._transact(
            {"op": "update", "table": "Controller", "row": {"inactivity_probe": probe_ms}},
            {"op": "mutate", "table": "Open_vSwitch", "mutations": [mutation]},
        )
        time.sleep(SETTLING_S)
        os.kill(self._pid("ovsdb-server"), signal.SIGSTOP)

    def _transact(self, *operations: dict[str, Any]) -> None:
        """Change all rows of tables (OVSDB, RFC 7047 clause 5.2); raise `EmulationError`."""
        changes = [{"where": [], **operation} for operation in operations]
        request = {"method": "transact", "params": ["Open_vSwitch", *changes], "id": 0}
        with socket.socket(socket.AF_UNIX) as database:
            database.connect(f"{self.folder}/db.sock")
            database.sendall(json.dumps(request).encode())
            answer = json.loads(database.recv(1 << 16))
        refused = [each["error"] for each in answer["result"] or [] if each and "error" in each]
        if refused or answer["error"] is not None:
            raise EmulationError(f"ovsdb-server refused a change: {refused or answer['error']}")

    def keep_log(self, folder: Path) -> None:
        """Copy the switch daemon's log to where a person can read it."""
        log = self.folder / "ovs-vswitchd.log"
        if log.exists():
            shutil.copy(log, folder)

    def stop(self) -> None:
        """End both daemons."""
        for name in ("ovs-vswitchd", "ovsdb-server"):
            if (self.folder / f"{name}.pid").exists():
                pid = self._pid(name)  # a daemon that ends removes its file
                os.kill(pid, signal.SIGTERM)
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)

    def _pid(self, name: str) -> int:
        return int((self.folder / f"{name}.pid").read_text())


def add_bridge(bridge: str, dpid: str, controller_port: int) -> list[str]:
    """Return the commands that make a bridge under its controller, forwarding nothing yet."""
    return [
        f"add-br {bridge}",
        f"set bridge {bridge} fail_mode=secure protocols=OpenFlow13"
        f" other_config:datapath-id={dpid} other_config:disable-in-band=true",
        f"set-controller {bridge} tcp:127.0.0.1:{controller_port}",
        f"set controller {bridge} max_backoff=1000",
    ]


def add_port(bridge: str, port: str, number: int) -> str:
    """Return the command that adds an interface under that OpenFlow port number."""
    return f"add-port {bridge} {port} -- set interface {port} ofport_request={number}"


def keep_queue(port: str) -> str:
    """Return the command that keeps ovs-vswitchd from removing a port's qdisc."""
    return f"set port {port} qos={QUEUES_ARE_OURS}"


def add_patch(bridge: str, port: str, number: int, peer: str) -> str:
    """Return the command that adds one end of a patch port pair."""
    options = f"type=patch options:peer={peer}"
    return f"{add_port(bridge, port, number)} {options}"
