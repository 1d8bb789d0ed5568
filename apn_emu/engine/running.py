"""From a scenario to its result: plan it, run it on an engine, judge what came out."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apn_emu.engine.engines import EMBEDDED, ENGINES, Progress
from apn_emu.engine.memory import check_memory
from apn_emu.engine.outcome import full_disk
from apn_emu.errors import EmulationError
from apn_emu.network.model import Network
from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.lightpaths import Path as LightPath
from apn_emu.planning.plan import Plan
from apn_emu.results.events import SeriesRecord
from apn_emu.results.expectations import Verdict, judge
from apn_emu.results.measurements import Measurement
from apn_emu.results.outages import event_records
from apn_emu.results.result import Engine, LightpathRecord, ProtectingRecord, Result
from apn_emu.scenario.checks import check_scenario
from apn_emu.scenario.schema import Scenario


@dataclass(frozen=True)
class Run:
    """A finished run: the result, the plan behind it and what the machine and programs printed."""

    result: Result
    plan: Plan
    console: str
    records: dict[str, str]
    captures: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Captured packets by the name of their file, as pcapng."""
    baselines: Mapping[str, Run] = field(default_factory=dict)
    """The runs of the scenario's baselines that came to their end."""

    @property
    def met(self) -> bool:
        """Whether every expectation was met."""
        return self.result.met

    def frame(self) -> Any:
        """Return the measurements as a `pandas.DataFrame`, one sample a row."""
        return self.result.frame()

    def _repr_html_(self) -> str:
        return self.result._repr_html_()


def prepare(scenario: Scenario, network: Network, seed: int | None = None) -> Plan:
    """Check the scenario against its network and compile it.

    Raises `InputError`, also for a plan whose packets this machine's memory cannot hold.
    """
    check_scenario(scenario, network)
    plan = compile_plan(scenario, network, seed=seed)
    check_memory(plan)
    return plan


def run(
    scenario: Scenario,
    plan: Plan,
    folder: Path | None,
    progress: Progress,
    engine: str = EMBEDDED,
) -> Run:
    """Run a plan on an engine of `ENGINES` and judge the scenario's expectations.

    `folder` is the scenario's own, which commands find as /mnt/scenario. Raises `MachineError` or
    `EmulationError`; leaves no file behind.
    """
    started_s = time.monotonic()
    try:
        staging = Path(tempfile.mkdtemp(prefix="apn-emu-run-"))
    except OSError as error:
        raise EmulationError(f"no temporary folder: {error.strerror}; set TMPDIR") from error
    try:
        outcome = ENGINES[engine](scenario, plan, staging, folder, progress)
        console = (staging / "console.log").read_text(errors="replace")
        records = {
            name: text.decode(errors="replace") for name, text in _files(staging / "records")
        }
        captures = dict(_files(staging / "captures"))
    except OSError as error:
        reason = full_disk(staging) or f"{error.filename or staging}: {error.strerror}"
        raise EmulationError(reason) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    measurements = tuple(Measurement(*row) for row in outcome.measured["rows"])
    verdicts = [judge(expectation, measurements) for expectation in scenario.expect]
    verdicts += [_failure(text) for text in outcome.measured["failures"]]
    result = Result(
        scenario=scenario.to_dict(),
        seed=plan.seed,
        engine=Engine(
            name=engine,
            kernel=outcome.kernel,
            exact=outcome.exact,
            why=outcome.why,
            fidelity=outcome.fidelity,
            programs=outcome.programs,
        ),
        lightpaths=tuple(_record(plan, number) for number in range(len(plan.lightpaths))),
        measurements=measurements,
        events=event_records(
            plan,
            outcome.measured["gaps"],
            outcome.measured["control"],
            outcome.measured["ended_s"],
        ),
        expectations=tuple(verdicts),
        series=tuple(SeriesRecord(*series) for series in outcome.measured["series"]),
        wall_seconds=round(time.monotonic() - started_s, 3),
    )
    return Run(result, plan, console, records, captures)


def plan_data(plan: Plan) -> dict[str, Any]:
    """Return the plan as plain data, for plan.json."""
    data: dict[str, Any] = json.loads(plan.to_json())
    return data


def _files(folder: Path) -> list[tuple[str, bytes]]:
    if not folder.is_dir():
        return []
    return [(file.name, file.read_bytes()) for file in sorted(folder.iterdir())]


def _failure(text: str) -> Verdict:
    return Verdict(text=text, measured=None, unit="", met=False, note="failed")


def _record(plan: Plan, number: int) -> LightpathRecord:
    lightpath = plan.lightpaths[number]
    standby = lightpath.protecting
    return LightpathRecord(
        id=lightpath.id,
        source=lightpath.a.site,
        destination=lightpath.b.site,
        rate_bps=lightpath.rate_bps,
        protection=lightpath.protection,
        protecting=None if standby is None else ProtectingRecord(**_path(standby)),
        **_path(lightpath),
    )


def _path(path: LightPath) -> dict[str, Any]:
    return {
        "route": path.route,
        "centre_thz": path.centre_thz,
        "width_ghz": path.channel_width * UNIT_GHZ,
        "mode": path.mode,
        "length_km": path.length_km,
        "delay_us": path.latency.total_ns / 1e3,
    }
