"""Which nodes and links of Mininet a plan needs, with their names and ports."""

from __future__ import annotations

from typing import Any

from mininet.net import Mininet

from apn_emu.emulation import cross_traffic
from apn_emu.emulation.links import (
    BatchedLink,
    FibreLink,
    GeneratorLink,
    LineLink,
    PatchLink,
    RouterLink,
    ServerLink,
)
from apn_emu.emulation.nodes import (
    Bridge,
    GeneratorNode,
    RoadmNode,
    RouterNode,
    ServerNode,
    ShelfNode,
    SwitchNode,
)
from apn_emu.planning.lightpaths import end_at
from apn_emu.planning.packets import GENERATOR_PORT
from apn_emu.planning.plan import CLIENT_PORT, Plan, Site, Terminal

SPARE_RATE_BPS = 100_000_000_000
"""Of a line port that no lightpath of the plan uses; one that is lit later sets its own."""


class CabledNet(Mininet):  # type: ignore[misc]
    """A Mininet network with the nodes and links of a plan; nothing is made yet."""

    plan: Plan

    def _add_nodes(self) -> None:
        for roadm in self.plan.roadms:
            self._add_bridge(f"roadm-{roadm.id}", RoadmNode, f"r{roadm.index}", roadm.dpid)
        for site in self.plan.sites:
            if self.plan.roadms:
                self._add_bridge(f"apnt-{site.id}", ShelfNode, f"t{site.index}", site.shelf_dpid)
            self._add_bridge(f"dc-{site.id}", SwitchNode, f"s{site.index}", site.switch_dpid)
            for server in site.servers:
                self.addHost(server.name, cls=ServerNode, planned=server, ip=None, mac=server.mac)
        for gateway in self.plan.gateways:
            shelf = f"apnt-{gateway.id}"
            self._add_bridge(shelf, ShelfNode, f"t{gateway.index}", gateway.shelf_dpid)
        for router in self.plan.routers:
            self._add_bridge(router.id, RouterNode, f"p{router.index}", router.dpid)
        if self.plan.cross_traffic:
            self.addHost(cross_traffic.NAME, cls=GeneratorNode, ip=None)

    def _add_bridge(self, name: str, kind: type[Bridge], bridge: str, dpid: int) -> None:
        self.addSwitch(name, cls=kind, bridge=bridge, dpid=dpid)

    def _add_links(self) -> None:
        mtu = max((site.mtu for site in self.plan.sites), default=1500)
        for fibre in self.plan.fibres:
            ports = (fibre.a_port, fibre.b_port)
            ends = (f"roadm-{fibre.a}", f"roadm-{fibre.b}")
            self._join(ends, ports, FibreLink, delay_ns=fibre.delay_ns, mtu=mtu)
        for terminal in self.plan.terminals:
            self._add_transponders(terminal, mtu)
        for border in self.plan.borders:
            self._patch((f"apnt-{border.a}", f"apnt-{border.b}"), border.ports)
        for site in self.plan.sites:
            self._patch((f"dc-{site.id}", f"apnt-{site.id}"), site.transponders)
            for server in site.servers:
                self._join(
                    (server.name, f"dc-{site.id}"),
                    (0, server.port),
                    ServerLink,
                    site=site,
                )
        self._add_packet_links(mtu)

    def _add_packet_links(self, mtu: int) -> None:
        for link in self.plan.packet_links:
            a, b = (self._bridge_at(end.site) for end in link.ends)
            ports = (link.a.client_port, link.b.client_port)
            self._join((a, b), ports, RouterLink, link=link, mtu=mtu)
        for number, router in enumerate(self.plan.generator_routers):
            ends = (cross_traffic.NAME, router.id)
            self._join(ends, (number, GENERATOR_PORT), GeneratorLink, mtu=mtu)

    def _bridge_at(self, place: str) -> str:
        return f"dc-{place}" if place in self.plan.site_by_id else place

    def _add_transponders(self, terminal: Terminal, mtu: int) -> None:
        """Add the shelf's line ports, spare ones dark."""
        used = {
            end.line_port: (path, lightpath.queue_bytes)
            for lightpath in self.plan.lightpaths
            for path in lightpath.paths
            for end in path.ends
            if end.site == terminal.id
        }
        for number in range(1, terminal.transponders + 1):
            end = end_at(terminal.id, number)
            path, queue_bytes = used.get(number, (None, 0))
            self._join(
                (f"apnt-{terminal.id}", f"roadm-{terminal.id}"),
                (end.line_port, end.add_drop_port),
                LineLink,
                rate_bps=path.rate_bps if path else SPARE_RATE_BPS,
                queue_bytes=queue_bytes,
                delay_ns=path.drop_delay_ns if path else 0,
                frame_loss=path.frame_loss if path else 1.0,
                mtu=mtu,
                ecn_bytes=terminal.ecn_bytes,
                serialises=isinstance(terminal, Site),
            )

    def _patch(self, ends: tuple[str, str], transponders: int) -> None:
        """Join what stands before the client ports of a shelf to each of them."""
        for port in range(CLIENT_PORT, CLIENT_PORT + transponders):
            self._join(ends, (port, port), PatchLink)

    def device(self, node: str, port: int) -> str:
        """Return the name of a bridge's interface."""
        return str(self[node].intfs[port].name)

    def _join(
        self, ends: tuple[str, str], ports: tuple[int, int], kind: type[BatchedLink], **params: Any
    ) -> None:
        names = [
            f"{node.bridge}-{port}" if isinstance(node, Bridge) else f"eth{port}"
            for node, port in zip((self[ends[0]], self[ends[1]]), ports, strict=True)
        ]
        options = {"intfName1": names[0], "intfName2": names[1], "addr1": None, "addr2": None}
        self.addLink(*ends, *ports, cls=kind, **options, **params)
