"""Results read back from the folder of a run."""

from __future__ import annotations

from pathlib import Path

from apn_emu.errors import InputError, Problem
from apn_emu.results.result import Result


def read_result(folder: Path) -> Result:
    """Return the result in a run's folder; raise `InputError` if there is none."""
    file = folder / "result.json"
    return Result.from_json(read_text(file), str(file))


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
