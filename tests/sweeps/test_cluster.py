"""A sweep on a real Dask scheduler with two workers, one of which is killed."""

import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pandas
import pytest

from apn_emu.errors import MachineError
from apn_emu.sweeps.cluster import same_engine

APN_EMU = [sys.executable, "-m", "apn_emu"]
DASK = [sys.executable, "-m", "dask"]
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@pytest.fixture
def cluster(empty_store):
    """Return the address of a scheduler and its two workers, the second not yet started."""
    where = Path("scheduler.json")
    with ExitStack() as stack:

        def start(*words):
            process = subprocess.Popen([*DASK, *words], **QUIET)
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(where))
        while not where.exists():
            time.sleep(0.1)
        worker = ["worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        workers = [start(*worker, "--scheduler-file", str(where)) for _ in range(2)]
        yield pandas.read_json(where, typ="series")["address"], workers


@pytest.mark.kernel
def test_nothing_is_lost_with_a_worker(cluster, descendants):
    address, workers = cluster
    values = ["--set", "rate=100G", "--set", "distance_km=10,100"]
    words = ["sweep", "span.yaml", *values, "--scheduler", address, "--out", "out"]
    with subprocess.Popen([*APN_EMU, *words], stdout=subprocess.DEVNULL) as running:
        while any(len(descendants(worker.pid)) < 2 for worker in workers):  # guard and kernel
            assert running.poll() is None
            time.sleep(0.1)
        workers[0].send_signal(signal.SIGKILL)  # while its machine runs
    assert running.returncode == 1  # the RTT over 100 km is more than 0.5 ms
    assert list(pandas.read_csv("out/sweep.csv").distance_km.unique()) == [10, 100]


def test_workers_that_differ_are_named_with_what_differs():
    engine = {"kernel": "Linux 6.1", "iperf3": "3.12"}
    assert same_engine({"a": engine, "b": dict(engine)}) == engine
    with pytest.raises(MachineError, match="a and b differ in iperf3"):
        same_engine({"a": engine, "b": {**engine, "iperf3": "3.18"}})
    with pytest.raises(MachineError, match="worker b: iperf3 is missing"):
        same_engine({"a": engine, "b": {"error": "iperf3 is missing"}})
