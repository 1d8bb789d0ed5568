import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.errors import InputError
from apn_emu.scenario.loading import load_scenario, make_scenario, network_of, vary
from apn_emu.scenario.parameters import substitute, used_parameters
from apn_emu.scenario.source import Source

TEXT = """\
name: span
parameters: {distance_km: 100, rate: 100G, limit: 1 ms}
network:
  nodes: [{id: a}, {id: b}]
  links: [{a: a, b: b, km: $distance_km}]
sites: {a: , b: }
lightpaths:
  - {from: a, to: b, rate: $rate}
workloads:
  - {command: "sh -c 'echo $HOME is ${distance_km}km away'", on: a}
expect: [rtt.max < $limit]
sweep: {distance_km: [1, 10], seed: [1, 2]}
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "span.yaml").write_text(TEXT, "utf-8")
    return "span.yaml"


def length_km(scenario):
    return network_of(scenario).links[0].length_km


def test_a_parameter_reaches_numbers_quantities_and_texts(file):
    scenario = load_scenario(file, ["distance_km=1", "rate=400G", "seed=9"])
    assert length_km(scenario) == 1
    assert scenario.lightpaths[0].rate_bps == 400e9
    assert scenario.workloads[0].argv[-1] == "echo $HOME is 1km away"
    assert scenario.expect[0].limit == 1e-3
    assert scenario.seed == 9
    assert scenario.parameters == {"distance_km": 1, "rate": "400G", "limit": "1 ms"}


def test_the_written_scenario_is_read_back(file):
    scenario = load_scenario(file)
    again = make_scenario(scenario.to_dict())
    assert again.to_dict() == scenario.to_dict()
    assert length_km(again) == 100


def test_a_varied_scenario_forgets_the_sweep_and_keeps_earlier_overrides(file):
    scenario = vary(load_scenario(file, ["rate=400G"]), ["distance_km=7"])
    assert (length_km(scenario), scenario.lightpaths[0].rate_bps) == (7, 400e9)
    assert scenario.sweep == {}
    assert vary(scenario, ["parameters.distance_km=8"]).parameters["distance_km"] == 8


def test_an_error_names_the_override_that_caused_it(file):
    with pytest.raises(InputError) as caught:
        load_scenario(file, ["rate=1 km", "distance_km=-1"])
    assert [(p.file, p.key) for p in caught.value.problems] == [
        ("--set rate=1 km", "lightpaths.0.rate")
    ]
    with pytest.raises(InputError) as caught:
        load_scenario(file, ["distance_km=-1"])
    assert str(caught.value) == (
        "--set distance_km=-1: network.links.0.km: the length is -1 km;"
        " it is above 0 km and at most 40075 km"
    )


def test_what_is_used_is_known():
    data = {"parameters": {"a": 1, "b": 2, "c": 3}, "x": ["$a", {"y": "-${b}-$d"}], "z": 4}
    assert used_parameters(data) == {"a", "b"}


TREES = st.recursive(st.text() | st.integers() | st.sampled_from(["$a b", "x${a}"]), st.lists)


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(st.text().filter(lambda key: key != "parameters"), TREES))
def test_text_without_a_parameter_stays_or_is_refused(data):
    with contextlib.suppress(InputError):  # a value that is `$name` alone
        assert substitute(data, Source(), ())[0] == data
