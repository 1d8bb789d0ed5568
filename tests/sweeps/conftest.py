"""Scenarios and finished sweeps, without a kernel."""

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import pytest

from apn_emu.errors import ExitCode
from apn_emu.results.measurements import Measurement
from apn_emu.results.result import Engine, Result
from apn_emu.scenario.loading import load_scenario
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps.axes import Axis, axes_of, points_of
from apn_emu.sweeps.record import Failure, PointRecord, SweepResult

TEXT = """\
name: span
parameters: {distance_km: 40, rate: 100G, unused: 1}
network:
  nodes: [{id: west}, {id: east}]
  links: [{a: west, b: east, km: $distance_km}]
sites: {west: , east: }
lightpaths:
  - {from: west, to: east, rate: $rate}
workloads:
  - {ping: all-pairs, count: 2}
expect:
  - rtt.max < 0.5 ms
sweep:
  distance_km: [1, 10, 100]
  rate: [100G, 400G]
"""


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scenario:
    """Return a scenario with a sweep of its own, in the working directory."""
    monkeypatch.chdir(tmp_path)
    Path("span.yaml").write_text(TEXT, "utf-8")
    return load_scenario("span.yaml")


@pytest.fixture
def empty_store(scenario: Scenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the cache have no runs, but all that takes long to make: bundles, compiled programs."""
    cache = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "apn-emu"
    fresh = tmp_path / "cache" / "apn-emu"
    fresh.mkdir(parents=True)
    for made in cache.glob("[gns]*"):
        (fresh / made.name).symlink_to(made)
    monkeypatch.setenv("XDG_CACHE_HOME", str(fresh.parent))


@pytest.fixture
def descendants() -> Callable[[int], list[int]]:
    """Return a function that lists all processes below one."""

    def below(pid: int) -> list[int]:
        threads = Path(f"/proc/{pid}/task").glob("*/children")
        children = [child for thread in threads for child in thread.read_text().split()]
        return [pid for child in map(int, children) for pid in (child, *below(child))]

    return below


@pytest.fixture
def sweep(scenario: Scenario) -> Callable[..., SweepResult]:
    """Return a function that makes a sweep whose RTT is 10 us a km and us a seed."""

    def _sweep(
        failing: Collection[int] = (),
        code: ExitCode = ExitCode.EMULATION_FAILED,
        distances_km: Iterable[int] = (1, 10, 100),
    ) -> SweepResult:
        axes = axes_of(scenario, [Axis("distance_km", tuple(distances_km))], seeds=2)
        records = []
        for point in points_of(axes):
            rtt = 1e-5 * point.values["distance_km"] + 1e-6 * point.seed
            result = Result(
                scenario=scenario.to_dict(),
                seed=point.seed,
                engine=Engine("embedded", "Linux", True, ""),
                lightpaths=(),
                measurements=(Measurement("ping", "west", "east", "rtt", rtt, "s"),),
                events=(),
                expectations=(),
                wall_seconds=1.0,
            )
            failure = Failure(code, "the kernel panicked")
            records.append(PointRecord(point, failure if point.number in failing else result))
        return SweepResult(scenario.to_dict(), tuple(axes), {"kernel": "Linux"}, tuple(records))

    return _sweep
