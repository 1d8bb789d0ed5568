"""The management network: how servers reach the controller, beside the network they measure.

Each server has an interface of its own for it, with the stated delay both ways. The links are point
to point and nothing is forwarded between them, so no packet of a server can take this way instead
of a lightpath.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address

from apn_emu.emulation import netem
from apn_emu.emulation.interfaces import set_up
from apn_emu.emulation.netlink import address, neighbours, talk
from apn_emu.measuring.kinds import load
from apn_emu.planning.plan import Plan, Server

CONTROLLER_NAME = "controller"
CONTROLLER_IPV4 = IPv4Address("172.16.0.1")
INTERFACE = "mgmt0"
CONTROLLER_MAC, SERVER_MAC = "02:a9:00:00:ff:01", "02:a9:00:00:ff:02"
"""The same on every link: each has two ends only."""

WINDOW_SEGMENTS = 10_000
"""Of the controller's sessions: more messages than ever are on their way to switches and agents."""


class ManagementNetwork:
    """What `network.ApnNet` adds to its batches for it.

    Servers have their interfaces only where something runs that could use them, for each costs
    start-up time.
    """

    def __init__(self, plan: Plan) -> None:
        delay_ns = plan.control.management_delay_ns
        self._delay = netem.Netem(delay_ns) if delay_ns else None
        used = any(load(workload["kind"]).asks_controller for workload in plan.workloads)
        self._number = {name: n for n, name in enumerate(plan.servers, 1)} if used else {}

    def hosts(self) -> list[str]:
        """Return what the hosts file says of it."""
        return [f"{CONTROLLER_IPV4} {CONTROLLER_NAME}"]

    def controllers_interfaces(self) -> Iterable[str]:
        """Yield the `ip` commands of the controller's side, which make both ends."""
        yield f"addr add {CONTROLLER_IPV4}/32 dev lo"
        # One session stands for those of all agents: none of them waits for another's window.
        yield (
            "route replace local 127.0.0.1 dev lo table local src 127.0.0.1"
            f" initcwnd {WINDOW_SEGMENTS} initrwnd {WINDOW_SEGMENTS}"
        )
        for name, number in self._number.items():
            device, address = self._device(number), CONTROLLER_IPV4 + number
            peer = f"peer name {INTERFACE} netns {name} address {SERVER_MAC}"
            yield f"link add name {device} address {CONTROLLER_MAC} type veth {peer}"
            yield f"link set {device} up"
            yield f"route add {address}/32 dev {device} src {CONTROLLER_IPV4}"
            yield f"neigh add {address} dev {device} lladdr {SERVER_MAC} nud permanent"

    def configure_server(self, server: Server) -> None:
        """Set up a server's side, in its network namespace."""
        if server.name in self._number:
            own = str(CONTROLLER_IPV4 + self._number[server.name])
            controller = str(CONTROLLER_IPV4)
            set_up(INTERFACE, True)
            talk([address(INTERFACE, own, 32, controller)])
            talk(neighbours(INTERFACE, [(controller, CONTROLLER_MAC)]))
            netem.apply(self._delays([INTERFACE]))

    def controllers_delays(self) -> Iterable[tuple[str, netem.Netem]]:
        """Return the delays of the controller's side: to switches and agents, and to servers."""
        return self._delays(["lo", *self.devices()])

    def devices(self) -> list[str]:
        """Return the devices to remove in the end; a server's side goes with it."""
        return [self._device(number) for number in self._number.values()]

    def _delays(self, devices: list[str]) -> list[tuple[str, netem.Netem]]:
        return [(device, self._delay) for device in devices] if self._delay else []

    @staticmethod
    def _device(number: int) -> str:
        return f"m{number}"
