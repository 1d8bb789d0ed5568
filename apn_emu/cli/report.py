"""`apn-emu report`: the report of a run or a sweep, from its files."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(name="report")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write. Default: report.html in DIR.",
)
def command(folder: Path, out: Path | None) -> None:
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
    click.echo(f"written to {file}")
