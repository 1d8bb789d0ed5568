"""The files of a run, written all or none. The package's only I/O."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from apn_emu.errors import EmulationError, InputError, Problem
from apn_emu.results.measurements import to_csv
from apn_emu.results.report import report_html
from apn_emu.results.result import Result


def write_run(
    folder: Path,
    result: Result,
    plan: Mapping[str, Any],
    console: str,
    command: str,
    records: Mapping[str, str] | None = None,
    more: Mapping[str, str | bytes] | None = None,
) -> None:
    """Write result.json, measurements.csv, plan.json, report.html and console.log into `folder`.

    `command` is what reproduces the run; `records` are texts that programs printed, for the folder
    records/; `more` are other files. Errors as `write_files`.
    """
    files = run_files(result, plan, console, records)
    files["report.html"] = report_html(result, plan, command)
    write_files(folder, {**files, **(more or {})})


def run_files(
    result: Result, plan: Mapping[str, Any], console: str, records: Mapping[str, str] | None
) -> dict[str, str]:
    """Return the files of a run but for its report, by their names in its folder."""
    return {
        "result.json": result.to_json(),
        "measurements.csv": to_csv(result.measurements),
        "plan.json": json.dumps(plan, indent=1, ensure_ascii=False) + "\n",
        "console.log": console,
        **{f"records/{name}": text for name, text in (records or {}).items()},
    }


def check_folder(folder: Path) -> None:
    """Raise `InputError` if results cannot be written into `folder`; writes nothing.

    To be asked before a run, not after it.
    """
    place = folder.absolute()
    while not os.path.lexists(place) and place != place.parent:
        place = place.parent
    if not place.is_dir():
        what = "a file" if place.exists() else "a link to nothing"
        message, remedy = f"{place} is {what}", "give a folder"
    elif reason := _unwritable(place):
        message, remedy = f"{place} cannot be written: {reason}", "give a folder of yours"
    elif max(len(os.fsencode(name)) for name in folder.absolute().parts) > (
        longest := os.pathconf(place, "PC_NAME_MAX")
    ):
        message, remedy = f"a name there has at most {longest} bytes", "give a shorter one"
    else:
        return
    raise InputError(Problem(None, None, "--out", message, remedy))


def _unwritable(place: Path) -> str | None:
    """Return why no file can be made in a folder; tried, for permissions do not bind root."""
    try:
        with tempfile.TemporaryFile(dir=place):
            return None
    except OSError as error:
        return error.strerror


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write the contents (texts as UTF-8) into `folder`, which is made if it is missing.

    All files are complete on disk before the first appears: a new folder appears as a whole, in an
    old one each file is replaced at once, and files of other names stay. Raises `EmulationError`
    if the disk is full or the folder cannot be written; then nothing has changed.
    """
    staging = folder.parent / f".apn-emu.{secrets.token_hex(8)}"
    try:
        if folder.is_dir():  # its parent may belong to somebody else, or to another file system
            staging = folder / staging.name
        staging.mkdir(parents=True)
        try:
            for name, content in files.items():
                data = content.encode("utf-8") if isinstance(content, str) else content
                _write_to_disk(staging / name, data)
            _put_in_place(staging, folder, files)
        finally:
            if staging.exists():
                shutil.rmtree(staging)
    except OSError as error:
        reason = error.strerror or str(error)
        raise EmulationError(f"cannot write the results into {folder}: {reason}") from error


def _put_in_place(staging: Path, folder: Path, files: Iterable[str]) -> None:
    if not folder.exists():
        staging.rename(folder)
        return
    for name in files:
        if (folder / name).is_dir():
            raise IsADirectoryError(None, f"{name} is a folder there")
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).replace(folder / name)
    _flush(folder)


def _write_to_disk(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
