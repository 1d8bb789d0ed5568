"""A server's own side: addresses, neighbours, network card, TCP."""

from __future__ import annotations

from pathlib import Path

from apn_emu.emulation.interfaces import set_up
from apn_emu.emulation.management import ManagementNetwork
from apn_emu.emulation.netlink import address, neighbours, talk
from apn_emu.emulation.nodes import ServerNode
from apn_emu.emulation.offloads import set_offloads
from apn_emu.emulation.ports import set_queues
from apn_emu.emulation.tcp import tune_tcp
from apn_emu.planning.plan import Plan, Site

IPV4_PREFIX, IPV6_PREFIX = 8, 64

COALESCING_NS = 20_000
"""How long a server's card may collect packets of a flow before it interrupts, as real ones do."""

COALESCED_PACKETS = 200
"""At most: a veth's ring holds 256, where a network card's holds thousands."""


def configure_server(
    node: ServerNode, plan: Plan, site: Site, management: ManagementNetwork
) -> None:
    """Give a server its addresses and settings."""
    server = node.planned
    with node.namespace.entered():
        # Else the kernel gives it a link-local address, and speaks of it.
        Path("/proc/sys/net/ipv6/conf/eth0/addr_gen_mode").write_text("1")
        set_up("lo", True)
        set_up("eth0", True)
        others = [other for other in plan.servers.values() if other is not server]
        macs = [(ip, other.mac) for other in others for ip in (other.ipv4, other.ipv6)]
        talk(
            [
                address("eth0", server.ipv4, IPV4_PREFIX),
                address("eth0", server.ipv6, IPV6_PREFIX),
                # Permanent neighbours: no packet ever waits for ARP or neighbour discovery.
                *neighbours("eth0", macs),
            ]
        )
        management.configure_server(server)
        set_queues([node])
        set_offloads("eth0", tso=False, gso=False, gro=True)
        card = Path("/sys/class/net/eth0")
        (card / "gro_flush_timeout").write_text(str(_coalescing_ns(site)))
        (card / "napi_defer_hard_irqs").write_text("1")
        tune_tcp(plan, site)


def _coalescing_ns(site: Site) -> int:
    """Return how long a card of the site may collect packets of 1500 bytes without losing any."""
    longest_ns = COALESCED_PACKETS * 1500 * 8 * 1_000_000_000 // site.server_rate_bps
    return min(COALESCING_NS, longest_ns)
