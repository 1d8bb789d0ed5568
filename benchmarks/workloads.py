"""Wall time of each workload: what the shipped experiments of delays and traffic cost.

    python benchmarks/workloads.py [FILE ...]

A workload's time is from its first word of progress to the next one's; starting the machine and
what follows the last workload are left out.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise
from pathlib import Path

from apn_emu.engine import running
from apn_emu.scenario.loading import load_scenario, network_of

EXPERIMENTS = Path(__file__).parent.parent / "experiments"
DEFAULT = ("latency_budget", "traffic")


def measure(file: Path) -> dict[str, float]:
    """Return workload -> seconds of the host's clock."""
    moments: list[tuple[str, float]] = []

    def progress(phase: str, text: str) -> None:
        name = text.partition(":")[0].partition(" ")[0] if phase == "measuring" else phase
        if not moments or moments[-1][0] != name:
            moments.append((name, time.monotonic()))

    scenario = load_scenario(file)
    plan = running.prepare(scenario, network_of(scenario))
    running.run(scenario, plan, file.parent, progress)
    moments.append(("end", time.monotonic()))
    names = {workload["name"] for workload in plan.workloads}
    return {
        name: after_s - began_s
        for (name, began_s), (_, after_s) in pairwise(moments)
        if name in names
    }


def main() -> None:
    """Print a line for each workload of the experiments named on the command line."""
    files = [Path(name) for name in sys.argv[1:]] or [EXPERIMENTS / f"{n}.yaml" for n in DEFAULT]
    print(f"{'experiment':<16}{'workload':<14}{'wall, s':>8}")
    for file in files:
        for name, wall_s in measure(file).items():
            print(f"{file.stem:<16}{name:<14}{wall_s:>8.2f}")


if __name__ == "__main__":
    main()
