"""A sweep read back from its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from apn_emu.errors import ExitCode, InputError, Problem
from apn_emu.results.reading import read_result, read_text
from apn_emu.sweeps.axes import SEED, Axis, Point
from apn_emu.sweeps.record import SCHEMA, Failure, PointRecord, SweepResult


def read_sweep(folder: Path) -> SweepResult:
    """Return the sweep in a folder, with the results of its points; raise `InputError`."""
    file = folder / "sweep.json"
    try:
        data = json.loads(read_text(file))
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        raise InputError(Problem(str(file), error.lineno, None, message)) from error
    schema = data.get("schema") if isinstance(data, dict) else None
    if schema != SCHEMA:
        remedy = f"this version reads {SCHEMA}"
        raise InputError(Problem(str(file), None, "schema", f"it is {schema!r}", remedy))
    try:
        return SweepResult(
            scenario=data["scenario"],
            axes=tuple(Axis(axis["key"], tuple(axis["values"])) for axis in data["axes"]),
            engine=data["engine"],
            points=tuple(_record(folder, record) for record in data["points"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        message = f"not a sweep: {type(error).__name__}: {error}"
        raise InputError(Problem(str(file), None, None, message)) from error


def _record(folder: Path, record: dict[str, Any]) -> PointRecord:
    point = Point(record["number"], record["values"], record[SEED])
    if record["folder"] is None:
        failure = Failure(ExitCode(record["exit_code"]), record["message"])
        return PointRecord(point, failure)
    return PointRecord(point, read_result(folder / record["folder"]))
