"""Points on a Dask cluster: the same function, run by the workers of a scheduler.

Dask runs a point again when its worker is lost, so nothing is lost with it. Every worker needs
apn-emu with all it runs, in the same versions, and the scenario's folder under the same path.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from apn_emu.engine.embedded.fingerprint import fingerprint
from apn_emu.errors import EmulationError, ExitCode, MachineError
from apn_emu.scenario.schema import Scenario
from apn_emu.sweeps.outcome import Outcome, run_point
from apn_emu.sweeps.record import Failure

CONNECT_S = 30
"""How long a scheduler and its first worker may take to answer."""


class Cluster:
    """A connection to a scheduler; `engine` is the fingerprint that all its workers have."""

    def __init__(self, address: str) -> None:
        self._dask = _distributed()
        try:
            self._client = self._dask.Client(address, timeout=CONNECT_S, set_as_default=False)
            self._client.wait_for_workers(1, timeout=CONNECT_S)
        except (OSError, TimeoutError, ValueError) as error:
            raise MachineError(f"no Dask scheduler with a worker at {address}: {error}") from error
        # A worker that is lost meanwhile is no error: each is asked again before it runs a point.
        self.engine = same_engine(self._client.run(_fingerprint_or_error, on_error="ignore"))

    def run(self, scenarios: Mapping[int, Scenario]) -> Generator[tuple[int, Outcome]]:
        """Run the scenarios; yield the number and outcome of each when it is done."""
        futures = {
            self._client.submit(run_checked, _absolute(scenario), self.engine, pure=False): number
            for number, scenario in scenarios.items()
        }
        try:
            for future in self._dask.as_completed(futures, loop=self._client.loop):
                if future.cancelled():
                    raise EmulationError(
                        "the scheduler was lost; the points that are done are kept"
                    )
                error = future.exception()
                lost = Failure(ExitCode.EMULATION_FAILED, f"lost on the cluster: {error}")
                yield futures.pop(future), lost if error else future.result()
        finally:
            self._client.cancel(list(futures))

    def close(self) -> None:
        """End the connection."""
        self._client.close()


def run_checked(scenario: Scenario, engine: Mapping[str, str]) -> Outcome:
    """Run a point on a worker, if its programs are those that the sweep began with."""
    try:
        same_engine({"the sweep": dict(engine), "this worker": fingerprint()})
    except MachineError as error:
        return Failure.of(error)
    return run_point(scenario)


def _fingerprint_or_error() -> dict[str, str]:
    try:
        return fingerprint()
    except MachineError as error:
        return {"error": str(error)}


def same_engine(engines: Mapping[str, dict[str, str]]) -> dict[str, str]:
    """Return the one fingerprint; raise `MachineError` that says which workers differ in what."""
    if not engines:
        raise MachineError("no worker of the cluster answered")
    (first, expected), *others = engines.items()
    for worker, engine in engines.items():
        if "error" in engine:
            raise MachineError(f"worker {worker}: {engine['error']}")
    for worker, engine in others:
        different = [name for name in expected if engine.get(name) != expected[name]]
        if different:
            raise MachineError(f"{first} and {worker} differ in {', '.join(different)}")
    return expected


def _absolute(scenario: Scenario) -> Scenario:
    """Return the scenario with the whole path of its file: a worker has another folder."""
    if not scenario.source.file:
        return scenario
    moved = scenario.model_copy()
    moved._source = replace(scenario.source, file=str(Path(scenario.source.file).resolve()))
    return moved


def _distributed() -> Any:
    try:
        return import_module("distributed")
    except ImportError as error:
        message = "Dask is not installed; install it with: pip install 'apn-emu[cluster]'"
        raise MachineError(message) from error
