"""What a sweep found: every point with its result or its failure. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apn_emu.errors import ApnError, ExitCode
from apn_emu.results.result import Result
from apn_emu.sweeps.axes import SEED, Axis, Point

SCHEMA = "apn-emu/sweep/1"
"""Version of sweep.json: the number rises when a key changes its meaning or goes."""


@dataclass(frozen=True)
class Failure:
    """Why there is no result: the exit code that `run` would have had, and its message."""

    exit_code: ExitCode
    message: str

    @classmethod
    def of(cls, error: ApnError) -> Failure:
        """Return the failure that an error is."""
        return cls(ExitCode(error.exit_code), str(error))


@dataclass(frozen=True)
class PointRecord:
    """A point and what came of it."""

    point: Point
    outcome: Result | Failure

    @property
    def result(self) -> Result | None:
        """The result, None if the point failed."""
        return self.outcome if isinstance(self.outcome, Result) else None

    @property
    def failure(self) -> Failure | None:
        """The failure, None if there is a result."""
        return self.outcome if isinstance(self.outcome, Failure) else None

    @property
    def exit_code(self) -> ExitCode:
        """What `apn-emu run` of this point would end with."""
        if isinstance(self.outcome, Failure):
            return self.outcome.exit_code
        return ExitCode.OK if self.outcome.met else ExitCode.EXPECTATION_FAILED

    @property
    def words(self) -> str:
        """What became of it, in one line."""
        if isinstance(self.outcome, Failure):
            return self.outcome.message.splitlines()[-1]
        missed = [verdict.text for verdict in self.outcome.expectations if not verdict.met]
        return f"not met: {'; '.join(missed)}" if missed else "met"


def folder_of(point: Point) -> str:
    """Return where the point's files stand, below the sweep's folder."""
    return f"points/{point.number:04}"


@dataclass(frozen=True)
class SweepResult:
    """All points of a sweep in their order. `engine` names the programs that took part."""

    scenario: Mapping[str, Any]
    axes: tuple[Axis, ...]
    engine: Mapping[str, str]
    points: tuple[PointRecord, ...]

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return str(self.scenario["name"])

    @property
    def failures(self) -> tuple[PointRecord, ...]:
        """The points that have no result."""
        return tuple(record for record in self.points if record.failure)

    @property
    def unmet(self) -> tuple[PointRecord, ...]:
        """The points with an expectation that was not met."""
        return tuple(r for r in self.points if r.exit_code is ExitCode.EXPECTATION_FAILED)

    @property
    def exit_code(self) -> ExitCode:
        """What `apn-emu sweep` ends with: a point without a result is the worst."""
        if all(record.exit_code is ExitCode.BAD_INPUT for record in self.points):
            return ExitCode.BAD_INPUT
        if self.failures:
            return ExitCode.EMULATION_FAILED
        return ExitCode.EXPECTATION_FAILED if self.unmet else ExitCode.OK

    def to_json(self) -> str:
        """Return the text of sweep.json; the results stand in the points' own folders."""
        data = {
            "schema": SCHEMA,
            "scenario": self.scenario,
            "axes": [{"key": axis.key, "values": axis.values} for axis in self.axes],
            "engine": dict(self.engine),
            "points": [_record(record) for record in self.points],
        }
        return json.dumps(data, indent=1, ensure_ascii=False, allow_nan=False) + "\n"

    def frame(self) -> Any:
        """Return all measurements as a `pandas.DataFrame`: the axes' columns, then the samples'.

        Raises `MachineError` where pandas is not installed.
        """
        from apn_emu.sweeps.table import frame

        return frame(self)

    def _repr_html_(self) -> str:
        """Return the points as Jupyter shows them."""
        from apn_emu.results.notebook import as_html
        from apn_emu.sweeps.tables import sweep_tables

        return as_html(sweep_tables(self))


def _record(record: PointRecord) -> dict[str, Any]:
    return {
        "number": record.point.number,
        "values": record.point.values,
        SEED: record.point.seed,
        "folder": folder_of(record.point) if record.result else None,
        "exit_code": int(record.exit_code),
        "message": record.failure.message if record.failure else record.words,
    }
