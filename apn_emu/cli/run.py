"""`apn-emu run`: measure a scenario and write the result."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from apn_emu.cli import junit, scenario_options
from apn_emu.cli.files import PATH
from apn_emu.errors import EmulationError, ExitCode


@click.command(name="run")
@click.argument("file", type=PATH)
@click.option(
    "--out",
    type=PATH,
    help="Folder for the result. Default: results/ and the scenario's name.",
)
@scenario_options.overrides
@click.option(
    "--capture",
    "captures",
    multiple=True,
    metavar="PLACE",
    help="Write the packets of a place as pcapng, such as tokyo/1 or tokyo-chiba@tokyo.",
)
@scenario_options.seed
@scenario_options.engine
@junit.option
@click.option("--json", "as_json", is_flag=True, help="Print result.json instead of tables.")
@click.option("--quiet", is_flag=True, help="Show no progress and no tables.")
def command(
    file: Path,
    out: Path | None,
    overrides: tuple[str, ...],
    captures: tuple[str, ...],
    seed: int | None,
    engine: str,
    junit_file: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Measure the scenario in FILE on the emulated network.

    \b
    Examples:
      apn-emu run experiments/tokyo_metro.yaml
      apn-emu run mine.yaml --set lightpaths.0.rate=400G --seed 7 --out /tmp/mine
      apn-emu run mine.yaml --capture tokyo/1 --capture tokyo-chiba@tokyo
      sudo apn-emu run mine.yaml --engine host
    """
    from apn_emu.cli.measuring import measure
    from apn_emu.cli.printer import Printer
    from apn_emu.results.comparison_tables import failed_words
    from apn_emu.results.tables import result_tables

    folder = out or Path("results") / file.stem
    with junit.noted_errors(junit_file, file.stem):
        run = measure(file, overrides, seed, quiet, folder, captures, engine)
    junit.write_result(junit_file, run.result)
    used = run.result.engine
    if used.fidelity and not used.fidelity.trustworthy:
        click.echo(f"warning: {used.why}", err=True)
    if as_json:
        sys.stdout.write(run.result.to_json())
    elif not quiet:
        console = Printer()
        console.print(result_tables(run.result))
        console.print(f"{run.result.wall_seconds:.1f} s; written to {folder}", soft_wrap=True)
    if failed := failed_words(run.result.baselines):
        raise EmulationError("; ".join(failed))
    return ExitCode.OK if run.result.met else ExitCode.EXPECTATION_FAILED
