"""A scenario and its baseline, run side by side and written."""

import csv
import json
from pathlib import Path

import pytest

from apn_emu import api
from apn_emu.engine.comparing import record_of
from apn_emu.engine.running import Run
from apn_emu.errors import EmulationError

SCENARIO = {
    "name": "both",
    "network": {"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"a": "a", "b": "b", "km": 40}]},
    "sites": {"a": {"server_latency": "5 us"}, "b": {"server_latency": "5 us"}},
    "lightpaths": [{"from": "a", "to": "b", "rate": "100G"}],
    "workloads": [{"ping": "all-pairs", "count": 5}],
    "baselines": ["single-site", {"preset": "internet", "name": "far"}],
    "expect": ["rtt.max < 1 ms"],
}


@pytest.mark.kernel
def test_baselines_are_measured_compared_and_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run = api.run(api.load(SCENARIO), out=out)
    assert run.met  # expectations are about the lightpath's network alone
    data = json.loads((out / "result.json").read_text())
    near, far = data["baselines"]
    assert [near["name"], far["name"]] == ["single-site", "far"]
    rtt = {record["metric"]: record for record in far["compared"]}["rtt"]
    assert rtt["apn"] == pytest.approx(400e-6, rel=0.1)
    assert rtt["baseline"] == pytest.approx(15.01e-3, rel=0.01)
    assert rtt["ratio"] == pytest.approx(rtt["baseline"] / rtt["apn"])
    with (out / "baselines/far/measurements.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["metric"] for row in rows} == {"rtt", "loss"}
    stretch = {r["network"]: r["value"] for r in data["scorecard"] if "stretch" in r["indicator"]}
    assert 1 < stretch["apn"] < 1.1
    assert stretch["single-site"] < 0.1
    assert stretch["far"] > 30


def test_a_baseline_that_breaks_off_stands_in_the_result_with_its_error() -> None:
    scenario = api.load(SCENARIO)
    apn: Run = None  # type: ignore[assignment]  # nothing of it is compared
    record = record_of(scenario, "far", apn, EmulationError("the kernel ended"))
    assert (record.name, record.error, record.compared) == ("far", "the kernel ended", ())
    assert record.parameters["rtt"] == "15 ms"
