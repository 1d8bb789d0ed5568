"""Collectives, training, replication and migration on real TCP: bounds that physics sets."""

from collections import defaultdict
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

SCENARIO = """
name: distributed
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 40}, {a: b, b: c, km: 40}]
sites: {a: {servers: 2}, b: {servers: 2}, c: {servers: 1}}
lightpaths: [{mesh: full, rate: 100G}]
workloads:
  - {collective: all-reduce, sizes: [1 KB, 1 MB, 16 MB, 1 GB], sent_at_most: 200 MB}
  - {collective: all-reduce, algorithm: hierarchical, sizes: [1 KB, 1 MB]}
  - {collective: all-reduce, algorithm: tree, sizes: [1 KB, 1 MB], iterations: 1}
  - {collective: all-to-all, sizes: [1 KB, 1 MB], iterations: 1, congestion: bbr}
  - {training: all, parameters: 2e8, compute: 100 ms, overlap: 0, bucket: 10 MB}
  - {synchronous-replication: [[a, b]], blocks: [4 KiB, 64 KiB], depths: [1, 16], operations: 50}
  - {asynchronous-replication: [[a, b], [b, a]], operations: 100, parallel: true}
  - {migration: [[a, b]], memory: 64 MiB, working_set: 16 MiB, dirty_rate: 20G,
     downtime_limit: 1 ms, switch_over: 10 ms}
  - {migration: [[a, b]], memory: 64 MiB, working_set: 4 KiB, host_rate: 10G, name: slow-host}
"""
RATE_BPS = 100e9


def test_physics_bounds_what_is_measured(run: Callable[..., Run]) -> None:
    done = run(SCENARIO)
    assert done.result.engine.exact
    values = defaultdict(list)
    for m in done.result.measurements:
        values[m.kind, m.metric].append(m.value)
    _collectives(values, done)
    _training(values)
    _replication(values, done)
    _migration(values)


def _collectives(values: dict, done: Run) -> None:
    def time_s(kind: str) -> float:
        return max(values[kind, "operation_time"])

    there_s = done.plan.round_trip_ns("a", "c") / 2e9
    # A sum of all needs something of every server to reach every other.
    for name in ("all-reduce-ring", "all-reduce-hierarchical", "all-reduce-tree"):
        assert there_s < time_s(f"{name}.1KB") < 10 * there_s
        assert time_s(f"{name}.1KB") < time_s(f"{name}.1MB")
    # Two sums across the sites instead of one chain through five servers, twice.
    assert time_s("all-reduce-hierarchical.1KB") < time_s("all-reduce-ring.1KB")
    # All at once: the longest way, once.
    assert there_s < time_s("all-to-all.1KB") < there_s + 10e-6
    ring = {kind: value for (kind, _), value in values.items() if "ring" in kind}
    assert set(ring) == {
        *(f"all-reduce-ring.{size}" for size in ("1KB", "1MB", "16MB")),
        "all-reduce-ring.1GB.extrapolated",
    }
    [bus_bps] = values["all-reduce-ring.1GB.extrapolated", "bus_bandwidth"]
    assert 0.2 * RATE_BPS < bus_bps < RATE_BPS
    [algorithm_bps] = values["all-reduce-ring.1GB.extrapolated", "algorithm_bandwidth"]
    assert bus_bps == pytest.approx(2 * 4 / 5 * algorithm_bps)


def _training(values: dict) -> None:
    [step_s] = values["training.extrapolated", "step_time"]
    between_sites_s = 2 * 2 / 3 * 4e8 * 8 / RATE_BPS  # of 400 MB, three sites, over one port
    assert 0.1 + between_sites_s / 2 < step_s < 0.1 + 4 * between_sites_s
    [share] = values["training.extrapolated", "communication_share"]
    assert share == pytest.approx(1 - 0.1 / step_s)
    [ratio] = values["training.extrapolated", "step_time_ratio"]
    assert 1 < ratio < step_s / 0.1


def _replication(values: dict, done: Run) -> None:
    round_trip_s = done.plan.round_trip_ns("a", "b") / 1e9
    latencies = values["synchronous-replication.4KiB.depth1", "commit_latency"]
    assert len(latencies) == 50
    for latency in latencies:
        assert latency == pytest.approx(round_trip_s + 20e-6, abs=5e-6)
    for depth in (1, 16):
        kind = f"synchronous-replication.4KiB.depth{depth}"
        mean = sum(values[kind, "commit_latency"]) / 50
        assert values[kind, "iops"][0] == pytest.approx(depth / mean, rel=0.05), "Little's law"
    lags = values["asynchronous-replication", "replication_lag"]
    assert len(lags) == 200
    assert min(lags) == pytest.approx(round_trip_s / 2, abs=20e-6)
    assert values["asynchronous-replication", "rpo"] == pytest.approx(
        [max(lags[:100]), max(lags[100:])]
    )
    assert min(values["asynchronous-replication", "rpo_data"]) >= 16384


def _migration(values: dict) -> None:
    [downtime_s] = values["migration", "downtime"]
    [total_s] = values["migration", "migration_time"]
    [data_byte] = values["migration", "migration_data"]
    assert 0.01 < downtime_s < 0.013
    assert data_byte > 64 * 2**20 * (1 + 8 / 4096)
    assert total_s - 0.01 > data_byte * 8 / RATE_BPS
    assert values["migration", "migration_rounds"] >= [2]
    [slow_s] = values["slow-host", "migration_time"]
    assert slow_s - 0.03 == pytest.approx(64 * 2**20 * 8 / 10e9, rel=0.05)
