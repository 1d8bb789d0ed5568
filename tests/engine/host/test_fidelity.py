"""When a result of real time may be trusted."""

import pytest

from apn_emu.engine.host.fidelity import judge, words
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of

SCENARIO = {
    "name": "late",
    "network": {"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"a": "a", "b": "b", "km": 100}]},
    "sites": {"a": None, "b": None},
    "lightpaths": [{"from": "a", "to": "b", "rate": "100G"}],
    "workloads": [{"ping": "all-pairs"}],
}


@pytest.fixture(scope="module")
def plan() -> Plan:
    scenario = make_scenario(SCENARIO)
    return compile_plan(scenario, network_of(scenario))


def test_the_bound_is_a_share_of_the_shortest_round_trip(plan: Plan) -> None:
    round_trip_s = 2 * plan.lightpaths[0].latency.total_ns / 1e9
    fidelity = judge([(10, 1000)], 0.1, plan)
    assert fidelity.allowed_s == pytest.approx(0.05 * round_trip_s, abs=1e-9)
    assert fidelity.trustworthy
    assert words(fidelity).startswith("real time on the host's kernel, which kept up")


def test_quantiles_of_counted_values(plan: Plan) -> None:
    fidelity = judge([(500, 1), (10, 50), (30, 49)], 0.1, plan)
    assert fidelity.sleeps == 100
    assert (fidelity.late_p50_s, fidelity.late_p99_s) == (11e-6, 31e-6)
    assert fidelity.late_max_s == 501e-6


@pytest.mark.parametrize(
    ("late_us", "busy"),
    [([(10, 98), (60, 2)], 0.1), ([(10, 1000)], 0.91), ([], 0.1)],
    ids=["late timers", "busy processors", "never looked"],
)
def test_a_host_that_could_not_keep_up_is_not_trusted(
    late_us: list[tuple[int, int]], busy: float, plan: Plan
) -> None:
    fidelity = judge(late_us, busy, plan)
    assert not fidelity.trustworthy
    assert words(fidelity).startswith("not to be trusted")


def test_a_single_late_timer_among_many_is_forgiven(plan: Plan) -> None:
    assert judge([(10, 999), (5000, 1)], 0.1, plan).trustworthy
