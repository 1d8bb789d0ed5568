"""Equal scenarios and seeds give equal bytes, whatever the host is doing; times are the plan's."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from apn_emu.engine.running import Run
from apn_emu.results.measurements import to_csv

pytestmark = pytest.mark.kernel

PAIR = """
name: pair
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 98}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {ping: all-pairs, count: 5}
  - {iperf3: all-pairs, warm_up: 12 ms, duration: 3 ms}
"""


@contextmanager
def busy_host() -> Iterator[None]:
    """Keep every processor busy."""
    loops = [
        subprocess.Popen([sys.executable, "-c", "while True: pass"])
        for _ in range(os.cpu_count() or 2)
    ]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def without_entropy(records: dict[str, str]) -> dict[str, str]:
    """Leave out iperf3's cookie and ports: they come in two variants (docs/performance.md)."""
    drawn = re.compile(r'"(cookie|local_port)":.*')
    return {name: drawn.sub("", text) for name, text in records.items()}


def test_equal_runs_give_equal_bytes_on_an_idle_and_a_busy_host(run: Callable[..., Run]) -> None:
    first = run(PAIR)
    with busy_host():
        second = run(PAIR)
    assert first.result.engine.exact
    assert second.result.engine.exact
    assert to_csv(first.result.measurements) == to_csv(second.result.measurements)
    assert without_entropy(first.records) == without_entropy(second.records)
    assert len(first.records) == 2


def test_another_seed_gives_other_bytes(run: Callable[..., Run]) -> None:
    assert run(PAIR, seed=1).records != run(PAIR, seed=2).records


METRO = """
name: metro
network: kansai-metro
sites: {osaka: , kyoto: , otsu: , nara: , kobe: }
lightpaths: [{mesh: full, rate: 100G}]
workloads:
  - {ping: all-pairs, count: 2}
  - {ping: all-pairs, count: 1, ip: 6, name: ping6}
"""


def test_every_round_trip_is_the_plans_the_first_included(run: Callable[..., Run]) -> None:
    done = run(METRO.replace("osaka: , kyoto: , otsu: , nara: , kobe: ", _sites("kansai-metro")))
    rtts = [m for m in done.result.measurements if m.metric == "rtt"]
    assert len(rtts) == 30
    for rtt in rtts:
        planned_s = done.plan.round_trip_ns(rtt.source, rtt.destination) / 1e9
        assert rtt.value == pytest.approx(planned_s, abs=2e-6), rtt


def _sites(network: str) -> str:
    from apn_emu.network.loading import load_network

    return ", ".join(f"{node.id}: " for node in load_network(network).nodes)


RATES = """
name: rates
network: {nodes: [{id: a}, {id: b}, {id: c}], links: [{a: a, b: b, km: 40}, {a: b, b: c, km: 20}]}
sites: {a: {mtu: MTU}, b: {mtu: MTU}, c: {mtu: MTU}}
lightpaths: [{from: a, to: b, rate: RATE}]
workloads:
  - {iperf3: [[a, b]], streams: STREAMS, warm_up: 8 ms, duration: 4 ms}
  - {iperf3: [[b, a]], protocol: udp, bitrate: 20G, length: 1400, duration: 2 ms, warm_up: 1 ms,
     name: udp}
"""


@pytest.mark.parametrize(
    ("rate", "mtu", "streams", "least"),
    [("100G", 9000, 1, 0.95), ("100G", 1500, 1, 0.94 * 1460 / 1538), ("400G", 9000, 8, 0.95)],
)
def test_tcp_fills_a_lightpath_and_udp_loses_nothing(
    run: Callable[..., Run], rate: str, mtu: int, streams: int, least: float
) -> None:
    text = RATES.replace("RATE", rate).replace("MTU", str(mtu)).replace("STREAMS", str(streams))
    done = run(text)
    values = {(m.kind, m.metric): m.value for m in done.result.measurements}
    capacity_bps = done.plan.lightpaths[0].rate_bps
    assert least * capacity_bps < values["iperf3", "throughput"] < capacity_bps
    assert values["udp", "loss"] == 0
