"""Runs a scenario text on the embedded engine, as `apn-emu run` does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from apn_emu.engine import running
from apn_emu.engine.running import Run
from apn_emu.scenario.loading import load_scenario, network_of


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Run]:
    """Return a function that runs a scenario (YAML) with files beside it."""

    def _run(text: str, seed: int | None = None, **files: str) -> Run:
        for name, content in files.items():
            (tmp_path / f"{name}.py").write_text(content)
        path = tmp_path / "scenario.yaml"
        path.write_text(text)
        scenario = load_scenario(path)
        plan = running.prepare(scenario, network_of(scenario), seed)
        return running.run(scenario, plan, tmp_path, lambda phase, what: None)

    return _run
