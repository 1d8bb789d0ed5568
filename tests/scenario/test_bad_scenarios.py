"""Golden files: each bad/*.yaml beside the exact text of its errors.

After a wanted change of a text: `APN_EMU_WRITE_GOLDEN=1 pytest tests/scenario`, and read the diff.
"""

import os
from pathlib import Path

import pytest

from apn_emu.errors import ExitCode, InputError
from apn_emu.scenario.loading import load_scenario

BAD = Path(__file__).parent / "bad"


@pytest.mark.parametrize("name", sorted(file.stem for file in BAD.glob("*.yaml")))
def test_every_error_has_its_exact_text(name, monkeypatch):
    monkeypatch.chdir(BAD)
    with pytest.raises(InputError) as caught:
        load_scenario(f"{name}.yaml")
    golden = BAD / f"{name}.txt"
    text = f"{caught.value}\n"
    if os.environ.get("APN_EMU_WRITE_GOLDEN"):
        golden.write_text(text, "utf-8")
    assert text == golden.read_text("utf-8")
    assert caught.value.exit_code is ExitCode.BAD_INPUT


def test_every_golden_text_has_its_scenario():
    assert {file.stem for file in BAD.glob("*.txt")} == {file.stem for file in BAD.glob("*.yaml")}
