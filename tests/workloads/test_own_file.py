"""The workload that docs/workloads.md adds: one file, in a folder of one's own."""

import csv
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "workloads.md"

SCENARIO = """
name: own
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 100}]}
sites: {a: {}, b: {}}
lightpaths: [{mesh: full, rate: 100G}]
workloads: [{handshake: [[a, b]], count: 3}]
expect: [connect_time.max < 1 ms]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario, and the example in a folder beside it."""
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "handshake.py").write_text(example, "utf-8")
    (tmp_path / "s.yaml").write_text(SCENARIO)
    return tmp_path


def apn_emu(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command in the folder."""
    return subprocess.run(
        [sys.executable, "-m", "apn_emu", *arguments],
        cwd=folder,
        env=os.environ | {"APN_EMU_WORKLOADS": str(folder / "own")},
        capture_output=True,
        text=True,
        check=False,
    )


def test_its_keys_are_known_and_checked(folder: Path) -> None:
    (folder / "s.yaml").write_text(SCENARIO.replace("count: 3", "count: 0, counts: 1"))
    done = apn_emu(folder, "plan", "s.yaml")
    assert done.returncode == 2
    assert "s.yaml:6: workloads.0.count" in done.stderr
    assert "counts" in done.stderr
    assert "did you mean count?" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("import socket", "import nothing", "handshake.py: the workload handshake cannot be"),
        ("pairs: Pairs", "pairs: Paris", "handshake.py: Handshake: name 'Paris' is not defined"),
        ('key="handshake"', 'key="shake"', "handshake.py: Handshake: no parameter has the key"),
        ("(Workload)", "", "handshake.py: 0 subclasses of Workload are defined here; define one"),
        ('"connect_time": M', '"rtt": M', "the workload handshake defines rtt, a metric that"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(folder: Path, old: str, new: str, said: str) -> None:
    file = folder / "own" / "handshake.py"
    file.write_text(file.read_text().replace(old, new))
    done = apn_emu(folder, "plan", "s.yaml")
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_a_folder_that_is_not_there_is_said(folder: Path) -> None:
    (folder / "own").rename(folder / "other")
    done = apn_emu(folder, "plan", "s.yaml")
    assert (done.returncode, "there is no such folder" in done.stderr) == (2, True)


@pytest.mark.kernel
def test_it_measures(folder: Path) -> None:
    done = apn_emu(folder, "run", "s.yaml", "--out", "result")
    assert done.returncode == 0, done.stdout + done.stderr
    with (folder / "result" / "measurements.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["kind"], row["metric"]) for row in rows] == [("handshake", "connect_time")] * 3
    fibre_s = 2 * 100e3 / 204e6  # there and back; light in fibre
    assert all(fibre_s < float(row["value"]) < fibre_s + 30e-6 for row in rows)
