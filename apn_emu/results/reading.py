"""Results read back from the folder of a run."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from apn_emu.errors import InputError, Problem
from apn_emu.planning.plan import Plan
from apn_emu.results.result import Result


def read_result(folder: Path) -> Result:
    """Return the result in a run's folder; raise `InputError` if there is none."""
    file = folder / "result.json"
    return Result.from_json(read_text(file), str(file))


def read_plan(folder: Path) -> dict[str, Any] | None:
    """Return what plan.json in a run's folder holds, None if there is none.

    Raises `InputError` if it cannot be read, or is not what this version writes.
    """
    file = folder / "plan.json"
    if not file.exists():
        return None
    text = read_text(file)
    try:
        return asdict(Plan.from_json(text))
    except json.JSONDecodeError as error:
        message = f"not JSON: {error.msg}"
        raise InputError(Problem(str(file), error.lineno, None, message)) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        message = f"not a plan: {type(error).__name__}: {error}"
        raise InputError(Problem(str(file), None, None, message)) from error


def read_text(file: Path) -> str:
    """Return the text of a file of results; raise `InputError` if it cannot be read."""
    try:
        return file.read_text("utf-8")
    except OSError as error:
        remedy = "give the folder that `apn-emu run` or `apn-emu sweep` wrote"
        problem = Problem(str(file), None, None, error.strerror or str(error), remedy)
        raise InputError(problem) from error
    except UnicodeDecodeError as error:
        raise InputError(Problem(str(file), None, None, "not UTF-8 text")) from error
