"""Mininet nodes of the emulated network: servers, and Open vSwitch bridges of three kinds.

Unlike Mininet's own, a node starts no shell until one is needed, and nothing is configured node by
node: `network.ApnNet` does it for all of them at once.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mininet.node import Node, OVSSwitch

from apn_emu.emulation.children import Child
from apn_emu.emulation.namespaces import Namespace
from apn_emu.planning.plan import Server as PlannedServer

PRIVATE_FOLDERS = ("/tmp", "/var/tmp", "/run")
"""What each server has for itself, empty and writable; its HOME is /run."""


class _LazyNode(Node):  # type: ignore[misc]
    """A node whose shell starts with the first command that needs one."""

    constructed = False

    @classmethod
    def checkSetup(cls) -> None:
        """Skip Mininet's search for ifconfig and mnexec: neither is used."""

    def startShell(self, mnopts: str | None = None) -> None:
        """Start nothing yet; see `sendCmd`."""

    def _open_shell(self) -> None:
        super().startShell("-c")

    def cmd(self, *args: Any, **kwargs: Any) -> str:
        """Run a command and return its output; what Mininet runs to make a node is left out."""
        if not self.constructed:
            return ""
        if self.shell is None:
            self._open_shell()
        output: str = super().cmd(*args, **kwargs)
        return output

    def sendCmd(self, *args: Any, **kwargs: Any) -> None:
        """Start the shell if this is the first command, then send the command to it."""
        if self.shell is None:
            self._open_shell()
        super().sendCmd(*args, **kwargs)


class ServerNode(_LazyNode):
    """A server in its own network and mount namespace."""

    def __init__(self, name: str, planned: PlannedServer, **params: Any) -> None:
        self.planned = planned
        self.namespace = Namespace(name, PRIVATE_FOLDERS)
        super().__init__(name, inNamespace=False, **params)
        self.constructed = True

    def _popen(self, cmd: Sequence[str], **params: Any) -> subprocess.Popen[bytes]:
        with self.namespace.entered():
            return subprocess.Popen(cmd, **params)

    def spawn(
        self,
        command: Sequence[str],
        stdout: Any = subprocess.DEVNULL,
        stderr: Any = subprocess.DEVNULL,
        environment: Mapping[str, str] | None = None,
        folder: str = "/tmp",
    ) -> subprocess.Popen[bytes]:
        """Start a program on the server; raise `OSError` when it cannot be started."""
        return self._popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            env=environment,
            cwd=folder,
        )

    def fork(self, function: Callable[..., Any], *args: Any) -> Child:
        """Run a Python function on the server, as a process of its own; it returns plain data.

        The child has all open sockets of its parent: what the parent opened in
        `namespace.entered()` can be handed over as an argument, ready to be connected to.
        """
        return Child(f"{function.__name__} on {self.name}", self.namespace.enter, function, args)

    def terminate(self) -> None:
        """End the shell, if any, and let go of the namespace."""
        super().terminate()
        self.namespace.close()


class Bridge(_LazyNode, OVSSwitch):  # type: ignore[misc]
    """An Open vSwitch bridge that forwards nothing but what the controller allows."""

    def __init__(self, name: str, bridge: str, dpid: int, **params: Any) -> None:
        self.bridge = bridge
        super().__init__(
            name, dpid=f"{dpid:016x}", failMode="secure", protocols="OpenFlow13", **params
        )
        self.constructed = True

    def start(self, controllers: Sequence[Any]) -> None:
        """Do nothing: all bridges are started in one transaction (`openvswitch.py`)."""

    def stop(self, deleteIntfs: bool = True) -> None:
        """Do nothing: the bridges end with Open vSwitch."""


class RoadmNode(Bridge):
    """A ROADM: cross-connects channels between its fibres and its add/drop ports."""


class ShelfNode(Bridge):
    """The transponders of a site: each puts one client on one channel."""


class SwitchNode(Bridge):
    """A data-centre switch between the servers of a site and its transponders."""


class RouterNode(Bridge):
    """A router of the packet network."""


class GeneratorNode(_LazyNode):
    """The host that all cross traffic comes from, with an interface to each router."""

    def __init__(self, name: str, **params: Any) -> None:
        self.namespace = Namespace(name)
        super().__init__(name, inNamespace=False, **params)
        self.constructed = True

    def terminate(self) -> None:
        """Let go of the namespace."""
        super().terminate()
        self.namespace.close()
