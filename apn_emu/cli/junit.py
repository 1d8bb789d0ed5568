"""`--junit FILE` of `run`, `smoke` and `sweep`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from apn_emu.cli.files import FILE
from apn_emu.errors import ApnError

if TYPE_CHECKING:
    from apn_emu.results.result import Result
    from apn_emu.sweeps.record import SweepResult

option = click.option(
    "--junit",
    "junit_file",
    type=FILE,
    help="Write the expectations as JUnit XML, for a CI server.",
)


def write_result(file: Path | None, result: Result) -> None:
    """Write a run's expectations, if a file was asked for."""
    from apn_emu.results.junit import suite_of

    _write(file, result.name, [suite_of(result)])


def write_sweep(file: Path | None, sweep: SweepResult) -> None:
    """Write a suite for each point of a sweep, if a file was asked for."""
    from apn_emu.results.junit import Suite, suite_of

    suites = [
        suite_of(record.result, record.point.label)
        if record.result
        else Suite(record.point.label, error=record.words)
        for record in sweep.points
    ]
    _write(file, sweep.name, suites)


@contextmanager
def noted_errors(file: Path | None, name: str) -> Iterator[None]:
    """Write an error that ends the command as a test case, then let it go on."""
    try:
        yield
    except ApnError as error:
        from apn_emu.results.junit import Suite

        _write(file, name, [Suite(name, error=str(error))])
        raise


def _write(file: Path | None, name: str, suites: list) -> None:
    from apn_emu.cli.files import write_file
    from apn_emu.results.junit import junit_xml

    if file is not None:
        write_file(file, junit_xml(name, suites))
