"""The files of a sweep, beside the folders of its points."""

from __future__ import annotations

from pathlib import Path

from apn_emu.results.writing import write_files
from apn_emu.sweeps.figures import figures
from apn_emu.sweeps.record import SweepResult
from apn_emu.sweeps.report import sweep_html
from apn_emu.sweeps.table import networks_csv, to_csv, to_parquet


def write_sweep(folder: Path, sweep: SweepResult, parquet: bool = False) -> None:
    """Write sweep.json, sweep.csv, report.html and the figures.

    Also networks.csv if there are baselines, and sweep.parquet if it is wanted.
    """
    contents: dict[str, str | bytes] = {
        "sweep.json": sweep.to_json(),
        "sweep.csv": to_csv(sweep),
        "report.html": sweep_html(sweep),
        **{f"figures/{name}.svg": svg for name, svg in figures(sweep).items()},
    }
    if networks := networks_csv(sweep):
        contents["networks.csv"] = networks
    if parquet:
        contents["sweep.parquet"] = to_parquet(sweep)
    write_files(folder, contents)
