"""Equal scenarios and seeds give equal bytes, whatever the host is doing; times are the plan's."""

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from apn_emu.engine import running
from apn_emu.engine.running import Run
from apn_emu.results.measurements import to_csv
from apn_emu.scenario.loading import load_scenario
from benchmarks.exactness import busy, copy_package
from tests.emulation.namespaces import in_namespace

pytestmark = pytest.mark.kernel

KERNELS = [None, *filter(None, os.environ.get("APN_EMU_KERNELS", "").split(os.pathsep))]
"""The default one and those named in APN_EMU_KERNELS, separated by colons."""


@pytest.fixture(params=KERNELS)
def kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat a test on each kernel."""
    if request.param:
        monkeypatch.setenv("APN_EMU_KERNEL", request.param)


PAIR = """
name: pair
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 98}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {ping: all-pairs, count: 5}
  - {iperf3: all-pairs, warm_up: 12 ms, duration: 3 ms}
"""


ELSEWHERE = """
for place in /run /mnt /media; do mount -t tmpfs -o mode=1777 none $place; done
mount -t tmpfs -o mode=1777,size=64m,noexec none /dev/shm
long=$(printf '%0200d' 0)
venv="/mnt/an environment"; code="/media/another checkout"; out="/mnt/results of $long"
mkdir "$venv" "$code" && mount --bind "$VENV" "$venv" && cp -r "$1"/. "$code"
mkdir -m 777 /run/user "/run/user/$long" && cp "$2" "/run/user/$long/a pair.yaml"
export PYTHONPATH="$code" XDG_CACHE_HOME="/run/user/$long/cache" TMPDIR="/run/user/$long"
cd /
$UNPRIVILEGED "$venv/bin/python" -m apn_emu run --quiet "/run/user/$long/a pair.yaml" --out "$out"
cat "$out"/measurements.csv "$out"/records/*
ls -A /dev/shm "/run/user/$long" >&2
"""
"""Another checkout, environment, user, cache, scenario and result: under /run, /mnt and /media,
with blanks and long names; no privilege, and /dev/shm as in a container."""


@pytest.mark.usefixtures("kernel")
def test_equal_runs_give_equal_bytes_wherever_they_are(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    first = run(PAIR)
    with busy():
        done = in_namespace(ELSEWHERE, copy_package(tmp_path / "copy"), tmp_path / "scenario.yaml")
    assert done.stderr == ("/dev/shm:\n\n/run/user/" + "0" * 200 + ":\na pair.yaml\ncache\n")
    assert first.result.engine.exact
    assert len(first.records) == 2
    assert done.stdout == to_csv(first.result.measurements) + "".join(first.records.values())


@pytest.mark.usefixtures("kernel")
def test_machines_side_by_side_give_the_bytes_of_one_alone(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    alone = run(PAIR)
    scenario = load_scenario(tmp_path / "scenario.yaml")

    def again(_: int) -> Run:
        return running.run(scenario, alone.plan, tmp_path, lambda phase, what: None)

    with ThreadPoolExecutor() as pool:
        both = list(pool.map(again, range(2)))
    for each in both:
        assert each.result.measurements == alone.result.measurements
        assert each.records == alone.records
        assert each.result.engine.exact


SPIN = """
name: spin
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads: [{command: dd if=/dev/zero of=/dev/null bs=1 count=101000, on: a}]
"""


@pytest.mark.usefixtures("kernel")
def test_a_program_that_never_idles_is_named(run: Callable[..., Run]) -> None:
    why = run(SPIN).result.engine.why
    assert re.search(r"; /\S*bin/dd ran 2\d\d,\d{3} times without ever idling", why)


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


@pytest.mark.usefixtures("kernel")
def test_every_round_trip_is_the_plans_the_first_included(run: Callable[..., Run]) -> None:
    done = run(METRO.replace("osaka: , kyoto: , otsu: , nara: , kobe: ", _sites("kansai-metro")))
    rtts = [m for m in done.result.measurements if m.metric == "rtt"]
    assert len(rtts) == 30
    for rtt in rtts:
        planned_s = done.plan.round_trip_ns(rtt.source, rtt.destination) / 1e9
        # 0.26 us are the steps of the guest's clock; ping cuts both its times to whole us.
        assert rtt.value == pytest.approx(planned_s, abs=1.3e-6), rtt


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
