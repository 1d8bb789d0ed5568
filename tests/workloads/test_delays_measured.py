"""Probes in the embedded machine: the plan's delays, place by place, and the queue under load."""

from collections import defaultdict
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

LATENCY = """
name: latency
network: {nodes: [{id: a}, {id: b}, {id: c}], links: [{a: a, b: b, km: 40}, {a: b, b: c, km: 20}]}
sites: {a: , b: , c: }
lightpaths: [{from: a, to: b, rate: 100G}, {from: b, to: c, rate: 100G, count: 2}]
workloads:
  - {latency: [[a, c]], count: 20, by_hop: true, name: idle}
  - {iperf3: [[a, b]], warm_up: 10 ms, duration: 10 ms, start: 1 s}
  - {latency: [[a, b]], count: 100, by_hop: true, name: loaded, start: 1020 ms}
expect: [rtt.p99.9 < 2 ms]
"""
GRAIN_S = 256e-9
"""What the embedded kernel's clock counts, so each delay on the way ends up to that much late."""


def test_delays_hop_by_hop_idle_and_under_load(run: Callable[..., Run]) -> None:
    done = run(LATENCY)
    assert done.result.met
    hops: dict[str, list[float]] = defaultdict(list)
    planned: dict[str, float] = {}
    for m in done.result.measurements:
        if m.metric == "hop_delay":
            hops[m.kind].append(m.value)
        elif m.metric == "planned_hop_delay":
            planned[m.kind] = m.value
    # From a to c packets change from light to light at b, and take one of two lightpaths to c.
    places = ["dc-a", "roadm-a", "roadm-b", "apnt-b", "roadm-b", "roadm-c", "apnt-c", "c"]
    way = [f"idle-hops.a-c.{number}.{place}" for number, place in enumerate(places, 1)]
    assert [kind for kind in hops if kind.startswith("idle")] == way
    for kind in way:
        assert hops[kind] == pytest.approx([planned[kind]] * 20, abs=3 * GRAIN_S), kind
    total_s = done.plan.round_trip_ns("a", "c") / 1e9
    rtts = [m.value for m in done.result.measurements if (m.kind, m.metric) == ("idle", "rtt")]
    assert len(rtts) == 20
    assert rtts == pytest.approx([total_s] * 20, abs=10 * GRAIN_S)
    # Under load the queue is where 400G meet 100G, and the fibre is as long as ever.
    assert max(hops["loaded-hops.a-b.2.roadm-a"]) > 5e-6
    fibre = "loaded-hops.a-b.3.roadm-b"
    assert max(hops[fibre]) < planned[fibre] + 3 * GRAIN_S


SHORT = """
name: short
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 0.3}]}
sites: {a: {server_rate: 10G}, b: {servers: 2, server_rate: 10G}}
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {ping: [[a, b/1], [a, b/2]], count: 2}
  - {ping: [[a, b/1]], count: 2, name: later}
"""


def test_a_measurement_is_not_delayed_by_the_card_that_the_one_before_kept_busy(
    run: Callable[..., Run],
) -> None:
    done = run(SHORT)
    rtts = [m.value for m in done.result.measurements if m.metric == "rtt"]
    assert rtts == pytest.approx([done.plan.round_trip_ns("a", "b") / 1e9] * 6, abs=2e-6)
