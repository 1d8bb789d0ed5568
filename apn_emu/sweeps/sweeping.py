"""Run a sweep: what is known already is taken from the store, the rest is run."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from apn_emu.engine.memory import cores
from apn_emu.engine.running import Run
from apn_emu.engine.saving import save_run
from apn_emu.errors import InputError
from apn_emu.results.result import Result
from apn_emu.scenario.loading import vary
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps import store
from apn_emu.sweeps.axes import Axis, Point, axes_of, points_of
from apn_emu.sweeps.local import Local
from apn_emu.sweeps.outcome import Outcome
from apn_emu.sweeps.record import Failure, PointRecord, SweepResult, folder_of


class Backend(Protocol):
    """Where points run: on this machine's cores, or on a cluster."""

    @property
    def engine(self) -> dict[str, str]:
        """The programs that run the points, with version and hash."""

    def run(self, scenarios: Mapping[int, Scenario]) -> Generator[tuple[int, Outcome]]:
        """Run scenarios by number; yield the number and outcome of each when it is done.

        When the generator is closed, what still runs is ended or called off.
        """


@contextmanager
def backend(scheduler: str | None = None, jobs: int | None = None) -> Iterator[Backend]:
    """Yield the backend: the cluster of a Dask scheduler, else `jobs` of this machine's cores."""
    if scheduler is None:
        yield Local(jobs or cores())
        return
    from apn_emu.sweeps.cluster import Cluster

    cluster = Cluster(scheduler)
    try:
        yield cluster
    finally:
        cluster.close()


class Listener:
    """Is told how a sweep goes on; does nothing by itself."""

    def begin(self, points: int, to_run: int) -> None:
        """Hear how many points there are, and how many of them must be run."""

    def done(self, point: Point, outcome: Outcome, kept: bool) -> None:
        """Hear of each point that was not refused; `kept`: its result was in the store."""


def run_sweep(
    scenario: Scenario,
    given: Sequence[Axis],
    backend: Backend,
    listener: Listener,
    *,
    seeds: int | None = None,
    fresh: bool = False,
    folder: Path | None = None,
) -> SweepResult:
    """Run every combination of the scenario's own axes and those given.

    `fresh`: runs that are in the store are not used, and replaced. `folder` gets the files of each
    run in a folder of its own. A point that fails is recorded and the others go on; only if the
    input of every point is refused, `InputError` is raised.
    """
    axes = axes_of(scenario, given, seeds)
    points = {point.number: point for point in points_of(axes)}
    outcomes: dict[int, Outcome] = {}
    scenarios: dict[int, Scenario] = {}
    refused: list[InputError] = []
    for number, point in points.items():
        try:
            scenarios[number] = vary(scenario, point.overrides)
        except InputError as error:
            refused.append(error)
            outcomes[number] = Failure.of(error)
    if not scenarios:
        raise refused[0]
    keys = {number: store.key_of(one, backend.engine) for number, one in scenarios.items()}
    known = {} if fresh else {n: run for n, key in keys.items() if (run := store.load(key))}
    to_run = {number: one for number, one in scenarios.items() if number not in known}
    listener.begin(len(points), len(to_run))
    with closing(backend.run(to_run)) as running:
        for number, outcome in itertools.chain(known.items(), running):
            outcomes[number] = outcome
            if isinstance(outcome, Run):
                if number not in known:
                    store.save(keys[number], outcome)
                if folder:
                    save_run(folder / folder_of(points[number]), outcome, scenarios[number])
            listener.done(points[number], outcome, kept=number in known)
    records = tuple(PointRecord(point, _found(outcomes[n])) for n, point in points.items())
    return SweepResult(scenario.to_dict(), tuple(axes), backend.engine, records)


def _found(outcome: Outcome) -> Result | Failure:
    return outcome.result if isinstance(outcome, Run) else outcome
