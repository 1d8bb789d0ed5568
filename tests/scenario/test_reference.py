from pathlib import Path

import pytest

from apn_emu.scenario.base import field_by_key
from apn_emu.scenario.events import EVENTS
from apn_emu.scenario.lightpaths import LIGHTPATHS
from apn_emu.scenario.loading import load_scenario, make_scenario
from apn_emu.scenario.reference import reference, rewritten
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.workloads import WORKLOADS

DOCUMENT = Path(__file__).parents[2] / "docs" / "scenario.md"


def test_the_committed_reference_is_current():
    text = DOCUMENT.read_text("utf-8")
    assert rewritten(text) == text, "run: python -m apn_emu.scenario.reference docs/scenario.md"


def test_every_key_has_a_meaning():
    models = [Scenario, *LIGHTPATHS.values(), *WORKLOADS.values(), *EVENTS.values()]
    text = reference()
    for model in models:
        for key, field in field_by_key(model).items():
            assert field.description, f"{model.__name__}.{key}"
            assert f"| `{key}` |" in text


def test_the_introduction_shows_a_good_scenario(tmp_path):
    example = DOCUMENT.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    file = tmp_path / "example.yaml"
    file.write_text(example, "utf-8")
    scenario = load_scenario(file)
    assert make_scenario(scenario.to_dict()).to_dict() == scenario.to_dict()


def test_a_document_without_the_marker_is_left_alone():
    with pytest.raises(ValueError, match="marker"):
        rewritten("# Something else\n")
