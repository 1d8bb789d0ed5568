"""How much memory a plan's packets need in the guest, and what a TCP window can hold. Pure."""

from __future__ import annotations

from itertools import permutations

from apn_emu.planning.plan import Plan

BASE_MB = 2048
"""For everything but a long fat network's packets; a plan that needs no more gets exactly this."""

SYSTEM_MB = 1024
"""Of it for kernel and programs. Measured: five sites idle take some 200 MB, forty-eight 700 MB."""

COPIES = 3
"""What is on its way is in the network once. TCP streams that overshoot in slow start sent twice
that; the sender holds all until it is acknowledged, the receiver what came out of order."""

MAX_WINDOW_BYTES = 10**9
"""A TCP window ends at 1 GiB (RFC 7323: 16 bits shifted by at most 14); Linux' buffers at 2 GB, of
which a window may be half."""


def memory_mb(plan: Plan) -> int:
    """Return the guest's memory: it follows the largest product of rate and round trip.

    One pair at a time fills its path; transfers side by side share lightpaths and cards.
    """
    most = max((plan.path_bytes(*pair) for pair in _pairs(plan)), default=0)
    return max(BASE_MB, SYSTEM_MB + COPIES * most // 10**6)


def window_limited(plan: Plan, source: str, destination: str, streams: int) -> bool:
    """Return whether so many TCP streams between two sites cannot fill their path, however long."""
    rate_bps, rtt_ns = (
        plan.path_rate_bps(source, destination),
        plan.round_trip_ns(source, destination),
    )
    return rate_bps / 8 * rtt_ns / 1e9 > streams * MAX_WINDOW_BYTES


def _pairs(plan: Plan) -> list[tuple[str, str]]:
    reached = plan.next_hops
    return [(a, b) for a, b in permutations(plan.site_by_id, 2) if b in reached.get(a, {})]
