"""Run the smoke test many times under changing conditions: are the results the same bytes?

    python benchmarks/exactness.py [RUNS]

The host is idle and busy in turn, TMPDIR and the scenario's folder change. Prints how many
different results came out; returns 1 when there is more than one.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCENARIO = Path(__file__).resolve().parent.parent / "experiments" / "smoke.yaml"
FOLDERS = ("a", "with two blanks", "deep/er/and/deeper", "z" * 60)
RUN = """
import json, sys
from pathlib import Path
from apn_emu.cli.measuring import measure
from apn_emu.results.writing import write_run
from apn_emu.engine.running import plan_data
run = measure(Path(sys.argv[1]), (), None, quiet=True)
write_run(Path(sys.argv[2]), run.result, plan_data(run.plan), run.console, "", run.records)
print(json.dumps([run.result.engine.exact, run.records]))
"""


@contextmanager
def busy() -> Iterator[None]:
    """Keep every processor busy."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 1)
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def result(folder: Path) -> tuple[str, bool]:
    """Run the scenario in a folder of its own; return its bytes' digest and whether it is exact."""
    temporary, scenarios = folder / "tmp", folder / "scenario"
    temporary.mkdir(parents=True)
    scenarios.mkdir()
    scenario = Path(shutil.copy(SCENARIO, scenarios))
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(scenario), str(folder / "result")],
        env=os.environ | {"TMPDIR": str(temporary)},
        stdout=subprocess.PIPE,
        check=True,
    )
    exact = done.stdout.startswith(b"[true")
    measurements = (folder / "result" / "measurements.csv").read_bytes()
    records = done.stdout.partition(b",")[2]
    return hashlib.sha256(measurements + b"\0" + records).hexdigest(), exact


def main(runs: int = 20) -> int:
    """Print how many different results came out of the runs, and in how many time was pushed."""
    found: dict[str, list[int]] = {}
    forced = 0
    for number in range(runs):
        with tempfile.TemporaryDirectory() as root:
            folder = Path(root, FOLDERS[number % len(FOLDERS)])
            if number // len(FOLDERS) % 2 != number % 2:  # every folder meets both
                with busy():
                    digest, exact = result(folder)
            else:
                digest, exact = result(folder)
        found.setdefault(digest, []).append(number)
        forced += not exact
    print(f"{SCENARIO.stem}: {runs} runs, host idle and busy, {len(FOLDERS)} folders")
    print(f"different results (measurements.csv and records): {len(found)}")
    if len(found) > 1:
        print("runs by result:", *found.values())
    print(f"runs in which the clock had to be pushed: {forced}")
    return 0 if len(found) == 1 else 1


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:2])))
