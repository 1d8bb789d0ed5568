"""Every published case has a scenario that can be planned, and a metric that is read from it."""

import csv
from pathlib import Path

import pytest

from apn_emu.planning.baselines import baseline_plans
from apn_emu.planning.compile import compile_plan
from apn_emu.scenario.loading import load_scenario, network_of
from benchmarks.published import METRICS, NETWORK

FOLDER = Path(__file__).parents[2] / "experiments" / "published"
CASES = list(csv.DictReader((FOLDER / "cases.csv").read_text().splitlines()))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["case_id"])
def test_a_case_is_planned_as_it_was_published(case: dict[str, str]) -> None:
    scenario = load_scenario(FOLDER / f"{case['case_id']}.yaml")
    network = network_of(scenario)
    plan = compile_plan(scenario, network)
    length_km = sum(fibre.length_km for fibre in plan.fibres)
    if case["case_id"] == "nemo-1000km":  # it also states a round trip, which takes more fibre
        assert plan.round_trip_ns("west", "east") == pytest.approx(20e6, rel=1e-2)
    else:
        assert length_km == float(case["distance_km"])
    assert case["metric"] in METRICS
    name = NETWORK.get(case["case_id"], "apn")
    judged = {"apn": plan, **baseline_plans(scenario, network, plan)}[name]
    if case["rate_gbps"]:
        a, b = judged.site_by_id
        assert judged.path_rate_bps(a, b) == float(case["rate_gbps"]) * 1e9


def test_every_scenario_is_a_case() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} == {case["case_id"] for case in CASES}
