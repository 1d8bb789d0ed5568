"""The packet network under real packets: latency, marking and cross traffic."""

from pathlib import Path

import pytest

from apn_emu.engine import running
from apn_emu.planning.baselines import baseline_plans
from apn_emu.results.measurements import Measurement
from apn_emu.scenario.loading import make_scenario, network_of

pytestmark = pytest.mark.kernel

LINE = {"topology": "star", "hub": "a", "rate": "1G", "router_latency": "20 us"}
SCENARIO = {
    "name": "packets",
    "network": {"nodes": [{"id": "a"}, {"id": "b"}], "links": [{"a": "a", "b": "b", "km": 10}]},
    "sites": {"a": {"servers": 2, "server_rate": "10G"}, "b": {"servers": 2, "server_rate": "10G"}},
    "lightpaths": [{"from": "a", "to": "b", "rate": "10G"}],
    "baselines": [
        {**LINE, "name": "marking", "ecn_threshold": "30 KB", "queue_time": "20 ms"},
        {**LINE, "name": "crossed", "mtu": 1500, "cross_load": "30 %"},
    ],
    "workloads": [
        {"ping": [["a", "b"]], "count": 20, "name": "idle"},
        {"latency": [["a", "b"]], "count": 10, "by_hop": True, "name": "probe"},
        {
            "iperf3": [["a", "b"]],
            "congestion": "dctcp",
            "warm_up": "60 ms",
            "duration": "40 ms",
            "start": "0.5 s",
        },
        {
            "ping": [["a/2", "b/2"]],
            "count": 10,
            "interval": "2 ms",
            "name": "busy",
            "start": "0.58 s",
        },
    ],
}

PLACES = ["dc-a", "router-a", "hub-a", "router-b", "dc-b", "b"]
"""That a packet from a to b passes."""


def measured(name: str) -> tuple[dict[tuple[str, str], list[float]], int]:
    """Return the values of each (workload, metric), and the planned round trip in ns."""
    scenario = make_scenario(SCENARIO)
    network = network_of(scenario)
    plans = baseline_plans(scenario, network, running.prepare(scenario, network))
    run = running.run(scenario, plans[name], Path(), lambda phase, what: None)
    assert run.result.engine.exact
    values: dict[tuple[str, str], list[float]] = {}
    sample: Measurement
    for sample in run.result.measurements:
        values.setdefault((sample.kind, sample.metric), []).append(sample.value)
    return values, plans[name].round_trip_ns("a", "b")


def test_dctcp_keeps_a_marking_queue_short_and_the_line_full() -> None:
    values, planned_ns = measured("marking")
    assert min(values["idle", "rtt"]) == pytest.approx(planned_ns / 1e9, abs=2e-6)
    hops = {kind: seen for (kind, metric), seen in values.items() if metric == "hop_delay"}
    assert [kind.rpartition(".")[2] for kind in hops] == PLACES
    for kind, seen in hops.items():
        assert seen == pytest.approx(values[kind, "planned_hop_delay"] * 10, abs=1e-6), kind
    assert values["iperf3", "throughput"][0] > 0.95e9
    assert values["iperf3", "retransmits"] == [0]
    # A queue of 20 ms stands ready; marks at 30 KB (0.24 ms) keep what waits far below it.
    assert max(values["busy", "rtt"]) < planned_ns / 1e9 + 1e-3


def test_cross_traffic_delays_others_and_takes_its_rate() -> None:
    values, planned_ns = measured("crossed")
    idle = values["idle", "rtt"]
    assert min(idle) >= planned_ns / 1e9 - 1e-6  # ping prints whole microseconds
    assert max(idle) > planned_ns / 1e9 + 50e-6  # of a burst of 43 packets, 0.5 ms
    assert 0.3e9 < values["iperf3", "throughput"][0] < 0.75e9
