"""TCP streams are named where the warm-up or the window keeps them from filling their path."""

from dataclasses import replace

import pytest

from apn_emu.measuring.kinds import from_plan
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.planning.steady import label
from apn_emu.scenario.loading import make_scenario, network_of

IPERF3 = {"iperf3": "all-pairs"}


def line(km: float, rate: str, **workload: object) -> Plan:
    scenario = make_scenario(
        {
            "name": "line",
            "network": {
                "nodes": [{"id": "a"}, {"id": "b"}],
                "links": [{"a": "a", "b": "b", "km": km}],
            },
            "sites": {"a": 2, "b": 2},
            "lightpaths": [{"from": "a", "to": "b", "rate": rate}],
            "workloads": [workload or IPERF3],
        }
    )
    return compile_plan(scenario, network_of(scenario))


def test_windows_end_at_a_gigabyte() -> None:
    far = line(3000, "200G")
    assert label(far, ("a", "b"), 1, 200e9, 1.0) == ""  # 0.73 GB
    assert label(far, ("a", "b"), 1, 400e9, 1.0) == ".window-limited"  # 1.47 GB
    assert label(far, ("a", "b"), 2, 400e9, 1.0) == ""
    (lightpath,) = far.lightpaths
    faster = replace(far, lightpaths=(replace(lightpath, rate_bps=400_000_000_000),))
    own = from_plan(faster.workloads[0]).of_pair(faster, "a/1", "b/1")
    assert own.name == "iperf3.window-limited"


def test_slow_start_doubles_from_ten_segments() -> None:
    plan = line(100, "100G")
    round_trip_s = plan.round_trip_ns("a", "b") / 1e9
    segments = 100e9 / 8 * round_trip_s / 8948
    assert 10 * 2**7 < segments < 10 * 2**8
    assert label(plan, ("a", "b"), 1, 100e9, 7.9 * round_trip_s) == ".slow-start"
    assert label(plan, ("a", "b"), 1, 100e9, 8.1 * round_trip_s) == ""
    assert label(plan, ("a", "b"), 2, 100e9, 7.1 * round_trip_s) == ""
    assert label(plan, ("a", "b"), 1, 1e6, 0.0) == ""


def test_times_follow_the_round_trip_unless_they_are_given() -> None:
    plan = line(100, "100G")
    round_trip_s = plan.round_trip_ns("a", "b") / 1e9
    own = from_plan(plan.workloads[0]).of_pair(plan, "a/1", "b/1")
    assert own.warm_up_s == pytest.approx(0.02 + 20 * round_trip_s)
    assert own.duration_s == pytest.approx(0.02 + 2 * round_trip_s)
    given = line(100, "100G", iperf3="all-pairs", warm_up="4 ms", duration="5 ms")
    own = from_plan(given.workloads[0]).of_pair(given, "a/1", "b/1")
    assert (own.warm_up_s, own.duration_s) == (0.004, 0.005)
    assert own.name == "iperf3.slow-start"


def test_flows_of_a_matrix_are_judged_by_what_each_can_get() -> None:
    for warm_up, name in (("2 ms", "throughput.slow-start"), ("8 ms", "throughput")):
        plan = line(100, "100G", throughput="all-to-all", warm_up=warm_up)
        found = from_plan(plan.workloads[0]).of_plan(plan)
        assert {flow["name"] for flow in found.flows} == {name}
    assert {flow["share_bps"] for flow in found.flows} == {25e9}
