"""Memory and windows follow the product of rate and round trip."""

import pytest

from apn_emu.engine import memory
from apn_emu.errors import InputError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.memory import BASE_MB, memory_mb
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of


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
            "workloads": [{"iperf3": "all-pairs"}],
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


def test_what_does_not_fit_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = line(3000, "200G")
    monkeypatch.setattr(memory, "available_mb", lambda: 2000)
    with pytest.raises(InputError, match=r"line needs \d+ MB .* this machine has 2000 MB free"):
        memory.check_memory(plan)
