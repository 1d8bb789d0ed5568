"""How much memory a plan's packets need in the guest. Pure."""

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


def memory_mb(plan: Plan) -> int:
    """Return the guest's memory: it follows the largest product of rate and round trip.

    One pair at a time fills its path; transfers side by side share lightpaths and cards.
    """
    most = max((plan.path_bytes(*pair) for pair in _pairs(plan)), default=0)
    return max(BASE_MB, SYSTEM_MB + COPIES * most // 10**6)


def _pairs(plan: Plan) -> list[tuple[str, str]]:
    reached = plan.next_hops
    return [(a, b) for a, b in permutations(plan.site_by_id, 2) if b in reached.get(a, {})]
