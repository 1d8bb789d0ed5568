"""TCP buffers of a server: large enough for the longest path at the card's rate, and no larger."""

from __future__ import annotations

import heapq
from pathlib import Path

from apn_emu.planning.plan import Plan, Site

UNSENT_BYTES = 2 * 2**20
"""What the kernel keeps of a program's data beyond what is on its way (tcp(7), TCP_NOTSENT_LOWAT).
All servers share the machine's memory for TCP: buffers full of what waits to be sent would use it
up, arrivals would then be dropped, and TCP would seem to collapse on long paths."""

MIN_WINDOW_BYTES = 4 * 2**20
MAX_BUFFER_BYTES = 2_000_000_000
"""Of which the window is half; the kernel counts buffers in 31 bits. See `planning.steady`."""


def window_bytes(plan: Plan, site: Site) -> int:
    """Return the buffer that fills the longest round trip from `site`, queues included.

    Twice the bandwidth-delay product and the queue on the way: the kernel keeps half of a buffer
    for its own bookkeeping (tcp_adv_win_scale). To sites that the plan does not reach, a lightpath
    on demand may lead over the shortest fibres.
    """
    reached = plan.next_hops[site.id]
    planned = [plan.path_bytes(site.id, other) * 2.5 for other in reached]
    needed = max([MIN_WINDOW_BYTES, *planned])
    if any(other.id not in reached for other in plan.sites if other is not site):
        round_trip_s = 2 * max(_distances_ns(plan, site.id).values()) / 1e9
        needed = max(needed, site.server_rate_bps / 8 * 2.5 * round_trip_s)
    return min(round(needed), MAX_BUFFER_BYTES)


def _distances_ns(plan: Plan, node: str) -> dict[str, int]:
    """Return the delay of the shortest fibres from a node to each other one (Dijkstra)."""
    found: dict[str, int] = {}
    heap = [(0, node)]
    while heap:
        delay_ns, here = heapq.heappop(heap)
        if here not in found:
            found[here] = delay_ns
            for fibre in plan.fibres:
                if here in (fibre.a, fibre.b):
                    there = fibre.b if here == fibre.a else fibre.a
                    heapq.heappush(heap, (delay_ns + fibre.delay_ns, there))
            for border in plan.borders:
                if here in (border.a, border.b):
                    heapq.heappush(heap, (delay_ns, border.far(here)))
    return found


def tune_tcp(plan: Plan, site: Site) -> None:
    """Set the buffers of the current network namespace."""
    window = window_bytes(plan, site)
    settings = Path("/proc/sys/net/ipv4")
    (settings / "tcp_rmem").write_text(f"4096 1000000 {window}")
    (settings / "tcp_wmem").write_text(f"4096 1000000 {window}")
    (settings / "tcp_notsent_lowat").write_text(str(UNSENT_BYTES))
    if plan.marks:  # ask for ECN on every connection: programs choose DCTCP after connecting
        (settings / "tcp_ecn").write_text("1")
    # Each run starts from the same knowledge: none of earlier connections.
    (settings / "tcp_no_metrics_save").write_text("1")


def memory_pressures() -> int:
    """Return how often TCP in the current network namespace found the machine's memory for it full.

    The kernel counts it as TCPMemoryPressures (/proc/net/netstat: a line of names, then one of
    values).
    """
    names, values = Path("/proc/self/net/netstat").read_text().splitlines()[:2]
    return int(dict(zip(names.split(), values.split(), strict=True))["TCPMemoryPressures"])
