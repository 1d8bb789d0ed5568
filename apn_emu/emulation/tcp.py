"""TCP buffers of a server: large enough for the longest path at the card's rate, and no larger."""

from __future__ import annotations

from pathlib import Path

from apn_emu.planning.plan import Plan, Site

MIN_WINDOW_BYTES = 4 * 2**20
MAX_WINDOW_BYTES = 2**30
"""A TCP window ends at 1 GiB (RFC 7323: 16 bits shifted by at most 14)."""


def window_bytes(plan: Plan, site: Site) -> int:
    """Return the buffer that fills the longest round trip from `site`, queues included.

    Twice the bandwidth-delay product and the queue on the way: the kernel keeps half of a buffer
    for its own bookkeeping (tcp_adv_win_scale).
    """
    needed = MIN_WINDOW_BYTES
    for other in plan.next_hops[site.id]:
        needed = max(needed, round(2.5 * plan.path_bytes(site.id, other)))
    return min(needed, MAX_WINDOW_BYTES)


def tune_tcp(plan: Plan, site: Site) -> None:
    """Set the buffers of the current network namespace."""
    window = window_bytes(plan, site)
    settings = Path("/proc/sys/net/ipv4")
    (settings / "tcp_rmem").write_text(f"4096 1000000 {window}")
    (settings / "tcp_wmem").write_text(f"4096 1000000 {window}")
    if plan.marks:  # ask for ECN on every connection: programs choose DCTCP after connecting
        (settings / "tcp_ecn").write_text("1")
    # Each run starts from the same knowledge: none of earlier connections.
    (settings / "tcp_no_metrics_save").write_text("1")
