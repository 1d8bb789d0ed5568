"""How well a sweep uses the cores: the same points one at a time, and one on each core.

    python benchmarks/sweep.py [POINTS]

Prints wall time and processor time of both. Efficiency by wall time is the time one at a time over
(cores x time side by side); it means something on an idle machine only. By processor time it is
what the points took one at a time over what they took side by side, the sweep's own work counted as
time in which all other cores wait: that holds under load, too.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from contextlib import chdir
from dataclasses import dataclass
from importlib.resources import as_file, files

import apn_emu as apn
from apn_emu.engine.embedded.fingerprint import fingerprint
from apn_emu.engine.memory import cores


def main() -> None:
    """Run the smoke test with as many seeds as asked for, twice."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with as_file(files("apn_emu.experiments") / "smoke.yaml") as path:
        scenario = apn.load(path)
    fingerprint()  # once for both
    alone, together = (_spend(scenario, points, jobs) for jobs in (1, cores()))
    for jobs, spent in ((1, alone), (cores(), together)):
        print(
            f"{points} points, {jobs} at a time: {spent.wall_s:.1f} s, processors"
            f" {spent.points_s:.1f} s for the points and {spent.own_s:.1f} s for the sweep"
        )
    by_wall = alone.wall_s / (cores() * together.wall_s)
    by_processors = alone.points_s / (together.points_s + cores() * together.own_s)
    print(f"efficiency on {cores()} cores, by wall time: {by_wall:.0%}")
    print(f"efficiency on {cores()} cores, by processor time: {by_processors:.0%}")


@dataclass(frozen=True)
class _Spent:
    wall_s: float
    points_s: float
    own_s: float


def _spend(scenario: apn.Scenario, points: int, jobs: int) -> _Spent:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        wall_s, own_s, points_s = time.perf_counter(), time.process_time(), _descendants_s()
        done = apn.sweep(scenario, seeds=points, jobs=jobs, fresh=True, out="sweep")
        own_s, points_s = time.process_time() - own_s, _descendants_s() - points_s
        wall_s = time.perf_counter() - wall_s
    if done.failures:
        raise SystemExit(done.failures[0].words)
    return _Spent(wall_s, points_s, own_s)


def _descendants_s() -> float:
    """Return the processor time of workers, guards and kernels that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main()
