"""The plan as a Mininet network, built in batches.

Mininet makes each link with several processes; here Mininet keeps nodes and links, and `build`
makes all interfaces with one `ip`, all queues with one `tc`, all delays over one socket and all
bridges in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from mininet.log import setLogLevel
from mininet.net import Mininet

from apn_emu.emulation import netem
from apn_emu.emulation.batches import batch
from apn_emu.emulation.links import BatchedLink, FibreLink, LineLink, PatchLink, ServerLink
from apn_emu.emulation.management import ManagementNetwork
from apn_emu.emulation.namespaces import MS_BIND, mount
from apn_emu.emulation.nodes import Bridge, RoadmNode, ServerNode, ShelfNode, SwitchNode
from apn_emu.emulation.offloads import set_offloads
from apn_emu.emulation.openvswitch import (
    OpenVSwitch,
    add_bridge,
    add_patch,
    add_port,
    keep_queue,
)
from apn_emu.emulation.tcp import tune_tcp
from apn_emu.planning.lightpaths import end_at
from apn_emu.planning.plan import Plan, Server, Site

IPV4_PREFIX, IPV6_PREFIX = 8, 64

COALESCING_NS = 20_000
"""How long a server's card may collect packets of a flow before it interrupts, as real ones do."""

COALESCED_PACKETS = 200
"""At most: a veth's ring holds 256, where a network card's holds thousands."""

SPARE_RATE_BPS = 100_000_000_000
"""Of a line port that no lightpath of the plan uses; one that is lit later sets its own."""


class ApnNet(Mininet):  # type: ignore[misc]
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

    def _add_nodes(self) -> None:
        for roadm in self.plan.roadms:
            self._add_bridge(f"roadm-{roadm.id}", RoadmNode, f"r{roadm.index}", roadm.dpid)
        for site in self.plan.sites:
            self._add_bridge(f"apnt-{site.id}", ShelfNode, f"t{site.index}", site.shelf_dpid)
            self._add_bridge(f"dc-{site.id}", SwitchNode, f"s{site.index}", site.switch_dpid)
            for server in site.servers:
                self.addHost(server.name, cls=ServerNode, planned=server, ip=None, mac=server.mac)

    def _add_bridge(self, name: str, kind: type[Bridge], bridge: str, dpid: int) -> None:
        self.addSwitch(name, cls=kind, bridge=bridge, dpid=dpid)

    def _add_links(self) -> None:
        mtu = max((site.mtu for site in self.plan.sites), default=1500)
        for fibre in self.plan.fibres:
            ports = (fibre.a_port, fibre.b_port)
            ends = (f"roadm-{fibre.a}", f"roadm-{fibre.b}")
            self._join(ends, ports, FibreLink, delay_ns=fibre.delay_ns, mtu=mtu)
        for site in self.plan.sites:
            self._add_transponders(site, mtu)
            for server in site.servers:
                self._join(
                    (server.name, f"dc-{site.id}"),
                    (0, server.port),
                    ServerLink,
                    rate_bps=site.server_rate_bps,
                    queue_bytes=site.queue_bytes,
                    mtu=site.mtu,
                )

    def _add_transponders(self, site: Site, mtu: int) -> None:
        """Add the shelf's line ports and the client ports behind them, spare ones dark."""
        used = {
            end.line_port: (path, lightpath.queue_bytes)
            for lightpath in self.plan.lightpaths
            for path in lightpath.paths
            for end in path.ends
            if end.site == site.id
        }
        for number in range(1, site.transponders + 1):
            end = end_at(site.id, number)
            path, queue_bytes = used.get(number, (None, 0))
            self._join(
                (f"apnt-{site.id}", f"roadm-{site.id}"),
                (end.line_port, end.add_drop_port),
                LineLink,
                rate_bps=path.rate_bps if path else SPARE_RATE_BPS,
                queue_bytes=queue_bytes,
                delay_ns=path.drop_delay_ns if path else 0,
                frame_loss=path.frame_loss if path else 1.0,
                mtu=mtu,
            )
            patch = (end.client_port, end.client_port)
            self._join((f"dc-{site.id}", f"apnt-{site.id}"), patch, PatchLink)

    def device(self, node: str, port: int) -> str:
        """Return the name of a bridge's interface."""
        return str(self[node].intfs[port].name)

    def _join(
        self, ends: tuple[str, str], ports: tuple[int, int], kind: type[BatchedLink], **params: Any
    ) -> None:
        names = [
            f"{node.bridge}-{port}" if isinstance(node, Bridge) else "eth0"
            for node, port in zip((self[ends[0]], self[ends[1]]), ports, strict=True)
        ]
        options = {"intfName1": names[0], "intfName2": names[1], "addr1": None, "addr2": None}
        self.addLink(*ends, *ports, cls=kind, **options, **params)

    def build(self) -> None:
        """Make everything; the bridges exist when Open vSwitch starts (`start`)."""
        batch("ip", self._interfaces())
        batch("tc", self._queues())
        netem.apply(chain(self._delays(), self.management.controllers_delays()))
        self._enable_interrupt_coalescing()
        for site in self.plan.sites:
            for server in site.servers:
                self._configure_server(site, server)
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
        devices = [i.name for i, _, _ in self._veth_ends() if i.name != "eth0"]
        batch("ip", [f"link del {name}" for name in (*devices, *self.management.devices())])

    def _veth_ends(self) -> list[tuple[Any, Any, BatchedLink]]:
        """Return (bridge end, other end, link) of every veth pair."""
        pairs = [(link.intf2, link.intf1, link) for link in self.links]
        return [pair for pair in pairs if not isinstance(pair[2], PatchLink)]

    def _interfaces(self) -> Iterable[str]:
        yield "link set lo up"  # bridges reach the controller on it
        for end, other, link in self._veth_ends():
            peer = f"peer name {other.name} mtu {link.mtu}"
            if isinstance(other.node, ServerNode):
                peer += f" netns {other.node.name} address {other.node.planned.mac}"
            yield f"link add name {end.name} mtu {link.mtu} type veth {peer}"
            for intf in (end, other):
                if not isinstance(intf.node, ServerNode):
                    yield f"link set {intf.name} up"
        yield from self.management.controllers_interfaces()

    def _queues(self, server: ServerNode | None = None) -> Iterable[str]:
        """Yield the qdiscs of all bridges' ports, or of one server."""
        links = [intf.link for intf in server.intfList()] if server else self.links
        for link in links:
            for intf, qdisc in link.queues():
                here = intf.node is server or not (server or isinstance(intf.node, ServerNode))
                if here and isinstance(qdisc, str):
                    yield f"qdisc add dev {intf.name} root {qdisc}"

    def _delays(self) -> Iterable[tuple[str, netem.Netem]]:
        for link in self.links:
            for intf, qdisc in link.queues():
                if isinstance(qdisc, netem.Netem):
                    yield intf.name, qdisc

    def _enable_interrupt_coalescing(self) -> None:
        """Let servers' cards collect packets: a veth does only if its peer cannot segment."""
        for link in self.links:
            if isinstance(link, ServerLink):
                set_offloads(link.intf2.name, tso=False)

    def _configure_server(self, site: Site, server: Server) -> None:
        node: ServerNode = self[server.name]
        commands = [
            "link set lo up",
            "link set eth0 addrgenmode none",
            "link set eth0 up",
            f"addr add {server.ipv4}/{IPV4_PREFIX} dev eth0",
            f"addr add {server.ipv6}/{IPV6_PREFIX} dev eth0 nodad",
        ]
        # Permanent neighbours: no packet ever waits for ARP or neighbour discovery.
        for other in self.plan.servers.values():
            if other is not server:
                for address in (other.ipv4, other.ipv6):
                    neighbour = f"neigh add {address} dev eth0 lladdr {other.mac}"
                    commands.append(f"{neighbour} nud permanent")
        commands += self.management.servers_interface(server)
        with node.namespace.entered():
            batch("ip", commands)
            batch("tc", self._queues(node))
            netem.apply(self.management.servers_delay())
            set_offloads("eth0", tso=False, gso=False, gro=True)
            card = Path("/sys/class/net/eth0")
            (card / "gro_flush_timeout").write_text(str(_coalescing_ns(site)))
            (card / "napi_defer_hard_irqs").write_text("1")
            tune_tcp(self.plan, site)

    def _bridges(self) -> Iterable[str]:
        for bridge in self.switches:
            yield from add_bridge(bridge.bridge, bridge.dpid)
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


def _coalescing_ns(site: Site) -> int:
    """Return how long a card of the site may collect packets of 1500 bytes without losing any."""
    longest_ns = COALESCED_PACKETS * 1500 * 8 * 1_000_000_000 // site.server_rate_bps
    return min(COALESCING_NS, longest_ns)
