"""Whether TCP streams are steady and fill their path while they are measured. Pure."""

from __future__ import annotations

import math

from apn_emu.planning.plan import Plan

MAX_WINDOW_BYTES = 10**9
"""A TCP window ends at 1 GiB (RFC 7323: 16 bits shifted by at most 14); Linux' buffers at 2 GB, of
which a window may be half."""

INITIAL_SEGMENTS = 10
"""With which slow start begins (RFC 6928); each round trip doubles them (RFC 5681)."""

HEADERS_BYTES = 52
"""Of a segment in its packet: IPv4, and TCP with timestamps (RFC 7323)."""

WINDOW_LIMITED, SLOW_START = "window-limited", "slow-start"


def label(
    plan: Plan, ends: tuple[str, str], streams: int, rate_bps: float, warm_up_s: float
) -> str:
    """Return `.` and what keeps TCP between two sites from `rate_bps` while it is measured, or "".

    `window-limited` streams cannot fill their path however long they send; `slow-start` is not
    over after the warm-up even if nothing is lost.
    """
    round_trip_s = plan.round_trip_ns(*ends) / 1e9
    window_bytes = rate_bps / 8 * round_trip_s / streams
    if window_bytes > MAX_WINDOW_BYTES:
        return f".{WINDOW_LIMITED}"
    segment_bytes = min(plan.site_by_id[site].mtu for site in ends) - HEADERS_BYTES
    doublings = math.log2(max(1.0, window_bytes / segment_bytes / INITIAL_SEGMENTS))
    return f".{SLOW_START}" if warm_up_s < math.ceil(doublings) * round_trip_s else ""


def unlabelled(kind: str) -> str:
    """Return a name in the measurements without what `label` added to it."""
    return kind.removesuffix(f".{WINDOW_LIMITED}").removesuffix(f".{SLOW_START}")
