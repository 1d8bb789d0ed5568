"""Whether a host kept up with real time, by the rule that docs/host-engine.md states."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import accumulate, chain

from apn_emu.planning.plan import Plan
from apn_emu.results.result import Fidelity

LATE_SHARE = 0.05
"""How late 99 of 100 timers may at most be, as a share of the shortest planned round trip. An
assumption: the error of a round trip that still tells paths apart."""

BUSY_SHARE = 0.9
"""From here on rates tell of the processors and not of the network. An assumption."""


def judge(late_us: Iterable[tuple[int, int]], busy: float, plan: Plan) -> Fidelity:
    """Return the fidelity of a session from what `lateness.watching` left."""
    pairs = sorted((us, count) for us, count in late_us)
    sleeps = sum(count for _, count in pairs)
    p50_s, p99_s, longest_s = (_quantile(pairs, q * sleeps) for q in (0.5, 0.99, 1.0))
    allowed_s = round(LATE_SHARE * 2 * _shortest_ns(plan) / 1e9, 9)
    kept = sleeps > 0 and p99_s <= allowed_s and busy <= BUSY_SHARE
    return Fidelity(sleeps, p50_s, p99_s, longest_s, allowed_s, busy, kept)


def words(fidelity: Fidelity) -> str:
    """Return why a result can be trusted as far as real time goes, or cannot."""
    late = (
        f"of {fidelity.sleeps} sleeps of 1 ms, 99 of 100 were less than"
        f" {_us(fidelity.late_p99_s)} late (allowed: {_us(fidelity.allowed_s)}) and the latest"
        f" {_us(fidelity.late_max_s)}; the processors were {fidelity.busy:.0%} busy (allowed:"
        f" {BUSY_SHARE:.0%})"
    )
    if fidelity.trustworthy:
        return f"real time on the host's kernel, which kept up: {late}"
    return f"not to be trusted, the host could not keep up: {late}"


def _shortest_ns(plan: Plan) -> int:
    """Return the shortest latency of a lightpath or packet link, one way."""
    lightpaths = (lightpath.latency.total_ns for lightpath in plan.lightpaths)
    links = (link.latency.total_ns for link in plan.packet_links)
    return min(chain(lightpaths, links), default=0)


def _quantile(pairs: list[tuple[int, int]], rank: float) -> float:
    """Return the upper bound, in seconds, of the value with that rank among counted ones."""
    up_to = accumulate(count for _, count in pairs)
    late_us = (us for (us, _), count in zip(pairs, up_to, strict=True) if count >= rank)
    return round((next(late_us, -1) + 1) / 1e6, 6)


def _us(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} us"
