"""`apn-emu sweep`: run a scenario with every combination of many values."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from apn_emu.cli import junit
from apn_emu.cli.files import PATH

WIDE = 200
"""Columns of a table that goes into a file or another program."""


@click.command(name="sweep")
@click.argument("file", type=PATH)
@click.option(
    "--set",
    "values",
    multiple=True,
    metavar="KEY=VALUE,...",
    help="Values of an axis: a parameter or a dotted key; one value changes all points.",
)
@click.option(
    "--seeds", type=click.IntRange(1), help="Runs of each combination, with seeds from the first."
)
@click.option(
    "--out",
    type=PATH,
    help="Folder for the results. Default: results/, the scenario's name and -sweep.",
)
@click.option("--jobs", type=click.IntRange(1), help="Points at a time; else one a core.")
@click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster, like tcp://host:8786.")
@click.option("--fresh", is_flag=True, help="Run again what is known from an earlier sweep.")
@click.option("--parquet", is_flag=True, help="Write the table as sweep.parquet too.")
@junit.option
@click.option("--json", "as_json", is_flag=True, help="Print sweep.json instead of tables.")
@click.option("--quiet", is_flag=True, help="Show no progress and no tables.")
def command(
    file: Path,
    values: tuple[str, ...],
    seeds: int | None,
    out: Path | None,
    jobs: int | None,
    scheduler: str | None,
    fresh: bool,
    parquet: bool,
    junit_file: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Run the scenario in FILE with every combination of values, side by side.

    The axes are those of the scenario's `sweep`, replaced and followed by those of --set. Results
    are kept: an interrupted sweep goes on where it was, and a repeated one takes no time. A point
    that fails is listed at the end, and the exit code is then 4.

    \b
    Examples:
      apn-emu sweep mine.yaml
      apn-emu sweep mine.yaml --set distance_km=1,10,100 --set rate=100G,400G --seeds 5
      apn-emu sweep mine.yaml --scheduler tcp://head:8786 --out /data/mine
    """
    from apn_emu.cli.measuring import end_like_interrupted
    from apn_emu.cli.printer import Printer
    from apn_emu.cli.sweep_progress import Progress
    from apn_emu.results.writing import check_folder
    from apn_emu.scenario.loading import load_scenario
    from apn_emu.sweeps.axes import parse_axes
    from apn_emu.sweeps.sweeping import backend, run_sweep
    from apn_emu.sweeps.tables import sweep_tables
    from apn_emu.sweeps.writing import write_sweep

    folder = out or Path("results") / f"{file.stem}-sweep"
    check_folder(folder)
    end_like_interrupted()
    with junit.noted_errors(junit_file, file.stem):
        axes = parse_axes(values)
        scenario = load_scenario(file)
        with backend(scheduler, jobs) as where, Progress(quiet) as listener:
            sweep = run_sweep(
                scenario, axes, where, listener, seeds=seeds, fresh=fresh, folder=folder
            )
    write_sweep(folder, sweep, parquet)
    junit.write_sweep(junit_file, sweep)
    if as_json:
        sys.stdout.write(sweep.to_json())
    elif not quiet:
        console = Printer(None if sys.stdout.isatty() else WIDE)
        console.print(sweep_tables(sweep))
        console.print(f"written to {folder}", soft_wrap=True)
    return sweep.exit_code
