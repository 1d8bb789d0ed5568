"""The files of a sweep, below one folder."""

from __future__ import annotations

import shlex
from pathlib import Path

from apn_emu.engine.running import Run, plan_data
from apn_emu.results.writing import write_files, write_run
from apn_emu.sweeps.axes import Point
from apn_emu.sweeps.figures import figures
from apn_emu.sweeps.record import SweepResult, folder_of
from apn_emu.sweeps.table import to_csv, to_parquet


def write_point(folder: Path, point: Point, run: Run, file: str) -> None:
    """Write the files of a run into the point's folder; `file` is the scenario's."""
    words = ["apn-emu", "run", file, *(w for o in point.overrides for w in ("--set", o))]
    place = folder / folder_of(point)
    write_run(place, run.result, plan_data(run.plan), run.console, shlex.join(words), run.records)


def write_sweep(folder: Path, sweep: SweepResult, parquet: bool = False) -> None:
    """Write sweep.json, sweep.csv, a picture of each figure and, if wanted, sweep.parquet."""
    texts: dict[str, str | bytes] = {
        "sweep.json": sweep.to_json(),
        "sweep.csv": to_csv(sweep),
        **{f"figures/{name}.svg": svg for name, svg in figures(sweep).items()},
    }
    if parquet:
        texts["sweep.parquet"] = to_parquet(sweep)
    write_files(folder, texts)
