"""A finished run on disk, with the command that repeats it."""

from __future__ import annotations

import shlex
from pathlib import Path

from apn_emu.engine.running import Run, plan_data
from apn_emu.results.writing import run_files, write_run
from apn_emu.scenario.schema import Scenario


def save_run(folder: Path, run: Run, scenario: Scenario) -> None:
    """Write the files of a run of this scenario; errors as `results.writing.write_files`."""
    again = reproduction(scenario, run.result.seed)
    more: dict[str, str | bytes] = {
        f"baselines/{name}/{file}": text
        for name, other in run.baselines.items()
        for file, text in run_files(
            other.result, plan_data(other.plan), other.console, other.records
        ).items()
    }
    more |= {f"captures/{name}": data for name, data in run.captures.items()}
    write_run(folder, run.result, plan_data(run.plan), run.console, again, run.records, more)


def reproduction(scenario: Scenario, seed: int) -> str:
    """Return the command that repeats a run; one made in Python is first saved from the result."""
    file = scenario.source.file or f"{scenario.name}.yaml"
    overrides = dict.fromkeys(scenario.source.overrides.values())
    words = [word for text in overrides for word in text.split(" ", 1)]
    return shlex.join(["apn-emu", "run", file, *words, "--seed", str(seed)])
