"""Traffic of many servers in the embedded machine."""

from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run
from apn_emu.results.measurements import Measurement, to_csv

pytestmark = pytest.mark.kernel

TRIANGLE = """
name: triangle
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 40}, {a: b, b: c, km: 20}, {a: c, b: a, km: 30}]
sites: {a: 2, b: , c: }
lightpaths: [{mesh: full, rate: 100G}]
workloads:
  - {throughput: all-to-all, warm_up: 12 ms, duration: 4 ms}
  - {throughput: {gravity: 20G}, duration: 20 ms, name: gravity}
  - {throughput: {incast: b}, warm_up: 8 ms, duration: 4 ms, congestion: bbr, name: incast}
  - {flows: web-search, load: 0.3, duration: 5 ms, warm_up: 1 ms}
  - {rpc: [a, b], service_time: 50 us, service_distribution: fixed, count: 20}
"""


def test_traffic_between_many_servers(run: Callable[..., Run]) -> None:
    done = run(TRIANGLE)
    assert done.result.engine.exact
    values = {
        (m.kind, m.metric, m.source, m.destination): m.value for m in done.result.measurements
    }
    # All to all fills every lightpath both ways: 600G, of which headers and ACKs take 1 %.
    assert 0.98 * 600e9 < values["throughput", "aggregate_throughput", "*", "*"] < 600e9
    assert 0.98 < values["throughput", "cut_efficiency", "*", "*"] < 1
    # Flows from and to a's two servers share a lightpath; those between b and c do not.
    assert 98e9 < values["throughput", "throughput", "b", "c"] < 100e9
    assert values["throughput", "throughput", "a/2", "b"] < 60e9
    assert 0.8 < values["throughput", "fairness", "*", "*"] < 0.95
    # Under light load everyone gets what was asked for: by servers, a weighs two.
    assert values["gravity", "throughput", "a", "b"] == pytest.approx(2e9, rel=0.02)
    assert values["gravity", "fairness", "*", "*"] > 0.9999
    # Two lightpaths lead to b; a's servers share one of them.
    assert values["incast", "cut_efficiency", "*", "*"] > 0.95
    assert values["incast", "throughput", "c", "b"] > 95e9
    flows = [m for m in done.result.measurements if m.kind == "flows"]
    slowdowns = [m.value for m in flows if m.metric.startswith("slowdown_")]
    assert len(slowdowns) == sum(m.metric == "fct" for m in flows) > 20
    # None can be faster than alone, and under light load the fastest are hardly slower.
    assert 1 <= min(slowdowns) < 1.02
    calls = {(m.source, m.destination): m.value for m in rows_of(done, "call_time")}
    for (client, server), taken_s in calls.items():
        sites = (client.partition("/")[0], server.partition("/")[0])
        least_s = done.plan.round_trip_ns(*sites) / 1e9 + 50e-6
        assert least_s < taken_s < least_s + 10e-6, (client, server)
    slowest_s = max(taken_s for (client, _), taken_s in calls.items() if client == "b")
    responses = [m.value for m in rows_of(done, "response_time") if m.source == "b"]
    assert responses == pytest.approx([slowest_s] * 20, abs=10e-6)


def rows_of(done: Run, metric: str) -> list[Measurement]:
    return [m for m in done.result.measurements if m.metric == metric]


REPEATED = """
name: repeated
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 30}]}
sites: {a: 2, b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {flows: web-search, load: 0.4, duration: 4 ms, warm_up: 1 ms}
  - {latency: all-pairs, count: 10, by_hop: true}
"""


def test_equal_runs_give_equal_flows(run: Callable[..., Run]) -> None:
    first, second = (to_csv(run(REPEATED).result.measurements) for _ in range(2))
    assert first == second
    assert first.count(",fct,") > 10
