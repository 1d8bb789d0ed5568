"""Sweeps that boot machines, by the command line as a user does."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pandas
import pytest

APN_EMU = [sys.executable, "-m", "apn_emu"]

pytestmark = pytest.mark.kernel


def sweep(*words):
    return subprocess.run(
        [*APN_EMU, "sweep", "span.yaml", *words], capture_output=True, text=True, check=False
    )


def test_a_failing_point_does_not_stop_the_others_and_a_repeated_sweep_runs_nothing(empty_store):
    values = ["--set", "distance_km=1,5000", "--set", "rate=400G"]
    first = sweep(*values, "--out", "first", "--junit", "junit.xml")
    assert first.returncode == 4, first.stderr
    assert "NO_FEASIBLE_MODE" in first.stdout.replace("\n", " ")
    assert "2 of 2" in first.stderr
    table = pandas.read_csv("first/sweep.csv")
    assert set(table.distance_km) == {1}
    point = json.loads(Path("first/points/0001/result.json").read_text())
    assert point["scenario"]["parameters"]["distance_km"] == 1
    suites = ElementTree.parse("junit.xml").getroot()
    assert (suites.get("tests"), suites.get("errors")) == ("2", "1")
    again = sweep(*values, "--out", "again", "--quiet")
    assert (again.returncode, again.stdout, again.stderr) == (4, "", "")
    for name in ("sweep.csv", "sweep.json", "points/0001/result.json"):
        assert Path("again", name).read_bytes() == Path("first", name).read_bytes()


def test_an_interrupted_sweep_goes_on_where_it_was_and_leaves_no_process(empty_store, descendants):
    values = ["--set", "rate=100G", "--set", "distance_km=10,100", "--out", "out"]
    words = ["sweep", "span.yaml", *values, "--jobs", "1"]
    with subprocess.Popen([*APN_EMU, *words], stderr=subprocess.PIPE, text=True) as running:
        for line in running.stderr:
            if line.startswith("1 of 2"):
                break
        children = descendants(running.pid)
        running.send_signal(signal.SIGTERM)
        rest = running.stderr.read()
    assert running.returncode == 130, rest
    assert "left to run: 1 of 2" in rest
    assert children
    assert not [pid for pid in children if alive(pid)]
    done = sweep(*values)
    assert done.returncode == 1, done.stderr  # the RTT over 100 km is more than 0.5 ms
    assert "2 points, 1 of them known" in done.stderr


def test_a_killed_sweep_ends_its_machines(empty_store, descendants):
    words = ["sweep", "span.yaml", "--set", "distance_km=1", "--set", "rate=100G"]
    running = subprocess.Popen([*APN_EMU, *words], stderr=subprocess.DEVNULL)
    limit = time.monotonic() + 60
    while len(children := descendants(running.pid)) < 3 and time.monotonic() < limit:
        time.sleep(0.05)  # worker, guard and kernel
    running.kill()
    running.wait()
    while any(map(alive, children)) and time.monotonic() < limit:
        time.sleep(0.05)
    assert len(children) >= 3
    assert not [pid for pid in children if alive(pid)]


def test_a_worker_that_is_killed_is_a_failure_of_its_point_alone(empty_store, descendants):
    values = ["--set", "distance_km=1,2", "--set", "rate=100G", "--out", "out"]
    words = [*APN_EMU, "sweep", "span.yaml", *values, "--jobs", "1"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as running:
        while len(descendants(running.pid)) < 3:  # worker, guard and kernel
            assert running.poll() is None
            time.sleep(0.05)
        os.kill(descendants(running.pid)[0], signal.SIGKILL)
        shown = running.stdout.read()
    assert running.returncode == 4
    assert "was memory short?" in " ".join(shown.split())
    assert set(pandas.read_csv("out/sweep.csv").distance_km) == {2}


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
