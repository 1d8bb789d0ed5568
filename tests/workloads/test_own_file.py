"""The workload that docs/workloads.md adds: one file, in a copy of the package."""

import csv
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

SCENARIO = """
name: own
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 100}]}
sites: {a: {}, b: {}}
lightpaths: [{mesh: full, rate: 100G}]
workloads: [{handshake: [[a, b]], count: 3}]
expect: [connect_time.max < 1 ms]
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package that has the file."""
    folder = tmp_path / "packages"
    uncompiled = shutil.ignore_patterns("__pycache__")
    shutil.copytree(REPOSITORY / "apn_emu", folder / "apn_emu", ignore=uncompiled)
    for part in ("controllers", "topologies", "experiments"):
        shutil.copytree(REPOSITORY / part, folder / "apn_emu" / part, ignore=uncompiled)
    page = (REPOSITORY / "docs" / "workloads.md").read_text("utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    (folder / "apn_emu" / "workloads" / "handshake.py").write_text(example, "utf-8")
    return folder


def apn_emu(package: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the copy in the folder above it."""
    return subprocess.run(
        [sys.executable, "-m", "apn_emu", *arguments],
        cwd=package.parent,
        env=os.environ | {"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_keys_are_known_and_checked(package: Path) -> None:
    (package.parent / "s.yaml").write_text(SCENARIO.replace("count: 3", "count: 0, counts: 1"))
    done = apn_emu(package, "plan", "s.yaml")
    assert done.returncode == 2
    assert "s.yaml:6: workloads.0.count" in done.stderr
    assert "counts" in done.stderr
    assert "did you mean count?" in done.stderr


@pytest.mark.kernel
def test_it_measures(package: Path) -> None:
    (package.parent / "s.yaml").write_text(SCENARIO)
    done = apn_emu(package, "run", "s.yaml", "--out", "result")
    assert done.returncode == 0, done.stdout + done.stderr
    with (package.parent / "result" / "measurements.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["metric"]) for row in rows] == [("handshake", "connect_time")] * 3
    fibre_s = 2 * 100e3 / 204e6  # there and back; light in fibre
    assert all(fibre_s < float(row["value"]) < fibre_s + 30e-6 for row in rows)
