"""A server's own side: addresses, neighbours, network card, TCP."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from apn_emu.emulation import netem
from apn_emu.emulation.batches import batch
from apn_emu.emulation.management import ManagementNetwork
from apn_emu.emulation.nodes import ServerNode
from apn_emu.emulation.offloads import set_offloads
from apn_emu.emulation.tcp import tune_tcp
from apn_emu.planning.plan import Plan, Site

IPV4_PREFIX, IPV6_PREFIX = 8, 64

COALESCING_NS = 20_000
"""How long a server's card may collect packets of a flow before it interrupts, as real ones do."""

COALESCED_PACKETS = 200
"""At most: a veth's ring holds 256, where a network card's holds thousands."""


def configure_server(
    node: ServerNode,
    plan: Plan,
    site: Site,
    queues: Iterable[str],
    management: ManagementNetwork,
) -> None:
    """Give a server its addresses and settings; `queues` are what `tc` does to its port."""
    server = node.planned
    commands = [
        "link set lo up",
        "link set eth0 addrgenmode none",
        "link set eth0 up",
        f"addr add {server.ipv4}/{IPV4_PREFIX} dev eth0",
        f"addr add {server.ipv6}/{IPV6_PREFIX} dev eth0 nodad",
    ]
    # Permanent neighbours: no packet ever waits for ARP or neighbour discovery.
    for other in plan.servers.values():
        if other is not server:
            for address in (other.ipv4, other.ipv6):
                neighbour = f"neigh add {address} dev eth0 lladdr {other.mac}"
                commands.append(f"{neighbour} nud permanent")
    commands += management.servers_interface(server)
    with node.namespace.entered():
        batch("ip", commands)
        batch("tc", queues)
        netem.apply(management.servers_delay())
        set_offloads("eth0", tso=False, gso=False, gro=True)
        card = Path("/sys/class/net/eth0")
        (card / "gro_flush_timeout").write_text(str(_coalescing_ns(site)))
        (card / "napi_defer_hard_irqs").write_text("1")
        tune_tcp(plan, site)


def _coalescing_ns(site: Site) -> int:
    """Return how long a card of the site may collect packets of 1500 bytes without losing any."""
    longest_ns = COALESCED_PACKETS * 1500 * 8 * 1_000_000_000 // site.server_rate_bps
    return min(COALESCING_NS, longest_ns)
