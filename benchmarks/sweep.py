"""How well a sweep uses the cores: the same points one at a time, and one on each core.

    python benchmarks/sweep.py [POINTS]

Prints wall time, and efficiency: time one at a time / (cores x time side by side). On a machine
with other load neither number means much.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import chdir
from importlib.resources import as_file, files

import apn_emu as apn
from apn_emu.sweeps.local import cores


def main() -> None:
    """Run the smoke test with as many seeds as asked for, twice."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    with as_file(files("apn_emu.experiments") / "smoke.yaml") as path:
        scenario = apn.load(path)
    seconds = {jobs: _seconds(scenario, points, jobs) for jobs in (1, cores())}
    for jobs, taken in seconds.items():
        print(f"{points} points, {jobs} at a time: {taken:.1f} s")
    efficiency = seconds[1] / (cores() * seconds[cores()])
    print(f"efficiency on {cores()} cores: {efficiency:.0%}")


def _seconds(scenario: apn.Scenario, points: int, jobs: int) -> float:
    with tempfile.TemporaryDirectory() as folder, chdir(folder):
        begin = time.perf_counter()
        done = apn.sweep(scenario, seeds=points, jobs=jobs, fresh=True, out="sweep")
        taken = time.perf_counter() - begin
    if done.failures:
        raise SystemExit(done.failures[0].words)
    return taken


if __name__ == "__main__":
    main()
