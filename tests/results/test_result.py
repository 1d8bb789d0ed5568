import importlib.util
import json
from dataclasses import replace

import pytest

from apn_emu.errors import InputError, MachineError
from apn_emu.results.measurements import in_order
from apn_emu.results.result import SCHEMA, ProtectingRecord, Result
from apn_emu.results.wording import lightpath_rows


def test_result_json_has_exactly_the_keys_of_the_contract(result):
    data = json.loads(result.to_json())
    assert list(data) == [
        *("schema", "scenario", "seed", "engine", "lightpaths", "measurements", "events"),
        *("series", "baselines", "scorecard", "expectations", "wall_seconds"),
    ]
    assert set(data["engine"]) == {"name", "kernel", "exact", "why", "fidelity", "programs"}
    assert set(data["measurements"][0]) == {
        *("kind", "source", "destination", "metric", "value", "unit"),
    }
    assert data["schema"] == SCHEMA


def test_json_is_read_back_as_the_same_result(result):
    again = Result.from_json(result.to_json())
    assert again.to_json() == result.to_json()
    assert again.measurements == tuple(in_order(result.measurements))
    assert again.expectations == result.expectations
    assert again.lightpaths == result.lightpaths


def test_one_failed_expectation_fails_the_result(result):
    assert not result.met
    assert Result.from_json(result.to_json().replace('"met": false', '"met": true')).met


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "r.json:1: not JSON"),
        ("[]", "r.json: schema: it is None"),
        ('{"schema": "apn-emu/result/0"}', f"this version reads {SCHEMA}"),
        (f'{{"schema": "{SCHEMA}"}}', "not a result: KeyError"),
    ],
)
def test_other_files_are_refused(text, part):
    with pytest.raises(InputError) as caught:
        Result.from_json(text, "r.json")
    assert part in str(caught.value)


def test_frame_needs_pandas(result):
    if importlib.util.find_spec("pandas"):
        assert len(result.frame()) == len(result.measurements)
    else:
        with pytest.raises(MachineError, match="pip install pandas"):
            result.frame()


def test_a_protecting_path_is_kept_and_shown(result):
    standby = ProtectingRecord(("tokyo", "chiba"), 191.4, 75.0, "400zr", 39.2, 200.5)
    protected = replace(result.lightpaths[0], protection="1+1", protecting=standby)
    again = Result.from_json(replace(result, lightpaths=(protected,)).to_json())
    assert again.lightpaths == (protected,)
    working, protecting = lightpath_rows(protected)
    assert working[0] == "tokyo-tokyo-omiya"
    assert protecting == ["  1+1 tokyo-chiba", "191.4", "75", "400zr", "", "39.2", "200.5"]
