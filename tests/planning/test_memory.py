"""Memory and windows follow the product of rate and round trip."""

from dataclasses import replace

import pytest

from apn_emu.engine import memory
from apn_emu.errors import InputError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.memory import BASE_MB, memory_mb, window_limited
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of
from apn_emu.workloads.iperf3 import of_pair


def line(km: float, rate: str) -> Plan:
    scenario = make_scenario(
        {
            "name": "line",
            "network": {
                "nodes": [{"id": "a"}, {"id": "b"}],
                "links": [{"a": "a", "b": "b", "km": km}],
            },
            "sites": {"a": 1, "b": 1},
            "lightpaths": [{"from": "a", "to": "b", "rate": rate}],
            "workloads": [{"iperf3": "all-pairs", "warm_up": "2 ms", "warm_up_round_trips": 20}],
        }
    )
    return compile_plan(scenario, network_of(scenario))


def test_ordinary_plans_have_one_size() -> None:
    assert memory_mb(line(40, "100G")) == BASE_MB
    assert memory_mb(line(300, "400G")) == BASE_MB


def test_a_long_fat_line_gets_what_is_on_its_way() -> None:
    plan = line(2000, "200G")
    on_its_way = plan.path_bytes("a", "b")
    assert on_its_way == pytest.approx(200e9 / 8 * (2 * 2000 * 4.8967e-6 + 1e-3), rel=0.01)
    far = line(3000, "200G")
    assert memory_mb(far) > memory_mb(plan) > BASE_MB


def test_windows_end_at_a_gigabyte() -> None:
    assert not window_limited(line(3000, "200G"), "a", "b", 1)  # 0.73 GB
    far = line(3000, "200G")
    (lightpath,) = far.lightpaths
    faster = replace(far, lightpaths=(replace(lightpath, rate_bps=400_000_000_000),))
    assert window_limited(faster, "a", "b", 1)  # 1.47 GB
    assert not window_limited(faster, "a", "b", 2)
    own = of_pair(faster, faster.workloads[0], "a/1", "b/1")
    assert own["name"] == "iperf3.window-limited"


def test_a_pair_has_its_own_warm_up() -> None:
    plan = line(100, "100G")
    own = of_pair(plan, plan.workloads[0], "a/1", "b/1")
    assert own["warm_up_s"] == pytest.approx(2e-3 + 20 * plan.round_trip_ns("a", "b") / 1e9)
    assert own["name"] == "iperf3"


def test_what_does_not_fit_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = line(3000, "200G")
    monkeypatch.setattr(memory, "available_mb", lambda: 2000)
    with pytest.raises(InputError, match=r"line needs \d+ MB .* this machine has 2000 MB free"):
        memory.check_memory(plan)
    memory.check_memory(line(40, "100G"))
