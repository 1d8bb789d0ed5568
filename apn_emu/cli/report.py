"""`apn-emu report`: the report of a run or a sweep, from its files."""

from __future__ import annotations

import json
from pathlib import Path

import click

from apn_emu.cli.files import FILE, PATH


@click.command(name="report")
@click.argument("folder", metavar="DIR", type=PATH)
@click.option(
    "--out",
    type=FILE,
    help="File to write. Default: report.html in DIR.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the file's name as JSON.")
def command(folder: Path, out: Path | None, as_json: bool) -> None:
    """Write the report of the run or the sweep in DIR anew, from result.json or sweep.json.

    \b
    Examples:
      apn-emu report results/tokyo_metro
      apn-emu report results/mine-sweep --out /tmp/mine.html
    """
    from apn_emu.cli.files import write_file
    from apn_emu.results.reading import read_plan, read_result
    from apn_emu.results.report import report_html
    from apn_emu.sweeps.reading import read_sweep
    from apn_emu.sweeps.report import sweep_html

    if (folder / "sweep.json").is_file():
        page = sweep_html(read_sweep(folder))
    else:
        result = read_result(folder)
        again = f"apn-emu run {result.name}.yaml --seed {result.seed}"
        page = report_html(result, read_plan(folder), again)
    file = out or folder / "report.html"
    write_file(file, page)
    click.echo(json.dumps({"written": str(file)}) if as_json else f"written to {file}")
