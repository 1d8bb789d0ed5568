"""Grooming: which lit path could carry a demand too, before a new one is lit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from apn_emu.allocation.demands import Attempt, Demand, Lightpath, Reason


def ridden_paths(
    demand: Demand,
    lightpaths: Mapping[str, Lightpath],
    free_bps: Callable[[str], float],
    latency_us: Callable[[Lightpath], float],
    attempts: list[Attempt],
) -> tuple[str, ...]:
    """Return the lit path that the demand fills best, and with protection the one beside it.

    It joins the same two nodes in either direction, satisfies the demand's constraints and has room
    for its whole rate. Nothing is returned where there is none; the misses go to `attempts`.
    """
    standby = {path.protects: path.id for path in lightpaths.values() if path.protects}
    fitting = []
    for path in lightpaths.values():
        if {path.source, path.destination} != {demand.source, demand.destination}:
            continue
        if path.protects or (demand.protected and path.id not in standby):
            continue
        free = free_bps(path.id)
        unsuited = demand.constraints.violation(path.route, latency_us(path))
        if unsuited is None and free >= demand.rate_bps:
            fitting.append((free, path.id))
            continue
        text = f"{path.id} {unsuited or f'has {free / 1e9:g}G free'}"
        numbers = {"free_bps": free, "rate_bps": demand.rate_bps}
        attempts.append(Attempt(Reason.NO_PATH_WITH_CONSTRAINT, text, numbers=numbers))
    if not fitting:
        return ()
    _, best = min(fitting)
    return (best, standby[best]) if demand.protected else (best,)
