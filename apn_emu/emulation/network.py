"""The plan as a Mininet network, built in batches.

Mininet makes each link with several processes; here Mininet keeps nodes and links, and `build`
makes all interfaces with one `ip`, all delays and queues over a socket and all bridges in one
transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from mininet.log import setLogLevel

from apn_emu.control.domains import operators
from apn_emu.emulation import cross_traffic, netem
from apn_emu.emulation.batches import batch
from apn_emu.emulation.cabling import CabledNet
from apn_emu.emulation.links import (
    BatchedLink,
    PatchLink,
    ServerLink,
)
from apn_emu.emulation.management import ManagementNetwork
from apn_emu.emulation.namespaces import MS_BIND, mount
from apn_emu.emulation.nodes import (
    Bridge,
    ServerNode,
)
from apn_emu.emulation.offloads import set_offloads
from apn_emu.emulation.openvswitch import (
    OpenVSwitch,
    add_bridge,
    add_patch,
    add_port,
    keep_queue,
)
from apn_emu.emulation.ports import set_queues
from apn_emu.emulation.servers import configure_server
from apn_emu.planning.plan import Plan


class ApnNet(CabledNet):
    """A Mininet network made from a plan; nodes are named as in the plan.

    `tokyo1` is a server, `dc-tokyo` the switch of the data centre, `apnt-tokyo` its transponders,
    `roadm-tokyo` the ROADM.
    """

    def __init__(self, plan: Plan, folder: Path) -> None:
        setLogLevel("warning")
        self.plan = plan
        self.openvswitch = OpenVSwitch(folder / "openvswitch")
        self.management = ManagementNetwork(plan)
        super().__init__(topo=None, controller=None, build=False)
        self._mount_hosts_file(folder / "hosts")
        self._add_nodes()
        self._add_links()

    @classmethod
    def init(cls) -> None:
        """Skip Mininet's changes of system limits: the engine sets what is needed."""

    def build(self) -> None:
        """Make everything; the bridges exist when Open vSwitch starts (`start`)."""
        batch("ip", self._interfaces())
        netem.apply(chain(self._delays(), self.management.controllers_delays()))
        set_queues(self.switches)
        self._enable_interrupt_coalescing()
        for site in self.plan.sites:
            for server in site.servers:
                node = self[server.name]
                configure_server(node, self.plan, site, self.management)
        if self.plan.cross_traffic:
            with self[cross_traffic.NAME].namespace.entered():
                batch("ip", cross_traffic.commands(self.plan))
        self.openvswitch.start_database()
        self.openvswitch.configure(self._bridges())
        self.built = True

    def start(self) -> None:
        """Start Open vSwitch, which connects all bridges to the controller."""
        if not self.built:
            self.build()
        self.openvswitch.start_switch()

    def stop(self) -> None:
        """End Open vSwitch, remove interfaces and let go of the servers' namespaces."""
        self.openvswitch.stop()
        for host in self.hosts:
            host.terminate()
        ends = [end.name for end, _, _ in self._veth_ends() if isinstance(end.node, Bridge)]
        batch("ip", [f"link del {name}" for name in (*ends, *self.management.devices())])

    def _veth_ends(self) -> list[tuple[Any, Any, BatchedLink]]:
        """Return (bridge end, other end, link) of every veth pair."""
        pairs = [(link.intf2, link.intf1, link) for link in self.links]
        return [pair for pair in pairs if not isinstance(pair[2], PatchLink)]

    def _interfaces(self) -> Iterable[str]:
        yield "link set lo up"  # bridges reach the controller on it
        for end, other, link in self._veth_ends():
            peer = f"peer name {other.name} mtu {link.mtu}"
            if not isinstance(other.node, Bridge):
                peer += f" netns {other.node.name}"
            if isinstance(other.node, ServerNode):
                peer += f" address {other.node.planned.mac}"
            yield f"link add name {end.name} mtu {link.mtu} type veth {peer}"
            for intf in (end, other):
                if isinstance(intf.node, Bridge):
                    yield f"link set {intf.name} up"
        yield from self.management.controllers_interfaces()

    def _delays(self) -> Iterable[tuple[str, netem.Netem]]:
        for link in self.links:
            for intf, port in link.ports():
                if port.delay is not None:
                    yield intf.name, port.delay

    def _enable_interrupt_coalescing(self) -> None:
        """Let servers' cards collect packets: a veth does only if its peer cannot segment."""
        for link in self.links:
            if isinstance(link, ServerLink):
                set_offloads(link.intf2.name, tso=False)

    def _bridges(self) -> Iterable[str]:
        port_of = {dpid: o.openflow_port for o in operators(self.plan) for dpid in o.view.dpids}
        for bridge in self.switches:
            yield from add_bridge(bridge.bridge, bridge.dpid, port_of[int(bridge.dpid, 16)])
        for link in self.links:
            for intf, peer in ((link.intf1, link.intf2), (link.intf2, link.intf1)):
                if not isinstance(intf.node, Bridge):
                    continue
                number = intf.node.ports[intf]
                if isinstance(link, PatchLink):
                    yield add_patch(intf.node.bridge, intf.name, number, peer.name)
                else:
                    yield add_port(intf.node.bridge, intf.name, number)
                    yield keep_queue(intf.name)

    def _mount_hosts_file(self, hosts: Path) -> None:
        """Make the servers' names known, to all namespaces that are made after this."""
        lines = ["127.0.0.1 localhost", "::1 localhost", *self.management.hosts()]
        for server in self.plan.servers.values():
            lines += [f"{server.ipv4} {server.name}", f"{server.ipv6} {server.name}"]
        hosts.write_text("\n".join(lines) + "\n")
        mount(str(hosts), "/etc/hosts", None, MS_BIND)
