"""Collective operations that are extrapolated, beside the same ones really sent.

    python benchmarks/extrapolation.py

All-reduce of 256 MB between the ten servers of the Tokyo metro network, once with the default limit
of what is sent (so 32 MB is the largest) and once without. Takes some minutes.
"""

from __future__ import annotations

import sys
from typing import Any

from apn_emu.engine import running
from apn_emu.scenario.loading import make_scenario, network_of

SITES = ("tokyo", "omiya", "chiba", "yokohama", "hachioji")
SIZES = ["8 MB", "32 MB", "256 MB"]


def operation_times_s(algorithm: str, **more: Any) -> dict[str, float]:
    """Return the fastest time of each size, by the kind of its rows."""
    workload = {"collective": "all-reduce", "algorithm": algorithm, "sizes": SIZES, "name": "it"}
    scenario = make_scenario(
        {
            "name": "extrapolation",
            "network": "tokyo-metro",
            "sites": dict.fromkeys(SITES, 2),
            "lightpaths": [{"mesh": "full", "rate": "100G"}],
            "workloads": [workload | more],
        }
    )
    plan = running.prepare(scenario, network_of(scenario))
    done = running.run(scenario, plan, None, lambda phase, what: None)
    times: dict[str, float] = {}
    for m in done.result.measurements:
        if m.metric == "operation_time":
            times[m.kind] = min(m.value, times.get(m.kind, m.value))
    return times


def main() -> int:
    """Print both times of each algorithm; return 1 when they differ by more than a fifth."""
    print(f"{'all-reduce of 256 MB':<24}{'extrapolated':>14}{'sent':>14}{'difference':>12}")
    worst = 0.0
    for algorithm in ("ring", "hierarchical", "tree"):
        guessed_s = operation_times_s(algorithm)["it.256MB.extrapolated"]
        sent_s = operation_times_s(algorithm, sent_at_most="10 GB")["it.256MB"]
        worst = max(worst, abs(guessed_s / sent_s - 1))
        ms = (f"{time_s * 1e3:11.1f} ms" for time_s in (guessed_s, sent_s))
        print(f"{algorithm:<24}{''.join(ms)}{guessed_s / sent_s - 1:12.1%}")
    return 0 if worst < 0.2 else 1


if __name__ == "__main__":
    sys.exit(main())
