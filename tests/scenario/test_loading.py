import copy
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.documents import parse_text
from apn_emu.errors import InputError, Problem
from apn_emu.scenario.checks import check_scenario
from apn_emu.scenario.loading import load_scenario, make_scenario, network_of
from apn_emu.scenario.schema import Scenario
from apn_emu.scenario.source import Source

GOOD = """\
name: good
network: kanto11
sites:
  tokyo: {servers: 2}
  chiba: {servers: 2}
  omiya:
lightpaths:
  - {mesh: full, rate: 400G, protection: 1+1}
  - {from: tokyo, to: chiba, rate: 100G, channel: 193.1 THz, route: [tokyo, chiba]}
workloads:
  - {ping: all-pairs, count: 20}
  - {iperf3: [[tokyo, chiba/2]], streams: 8, warm_up: 20 ms, parallel: true}
  - {command: "sh -c 'sleep 1'", on: tokyo/2, background: true}
events:
  - {at: 2s, cut: tokyo-yokohama}
expect:
  - rtt.max[tokyo->chiba] < 1 ms
"""


def good_data() -> dict:
    return parse_text(GOOD, "good.yaml")[0]


@pytest.fixture
def good(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("good.yaml").write_text(GOOD, "utf-8")
    return Path("good.yaml")


def problems(path, overrides=()) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        load_scenario(path, overrides)
    return caught.value.problems


def test_a_good_scenario_holds_si_values(good):
    scenario = load_scenario(good)
    mesh, single = scenario.lightpaths
    assert mesh.rate_bps == 400e9
    assert single.slot(scenario.spectrum).centre_thz == 193.1
    assert single.slot(scenario.spectrum).width_ghz == 50
    assert scenario.sites["omiya"].servers == 1
    assert scenario.events[0].at_s == 2
    assert network_of(scenario).name == "kanto11"


def test_places_are_known_after_loading(good):
    scenario = load_scenario(good, ["lightpaths.0.rate=100G"])
    assert scenario.where("lightpaths", 1).line == 9
    assert str(scenario.where("lightpaths", 1, "rate").problem("no mode has it")) == (
        "good.yaml:9: lightpaths.1.rate: no mode has it"
    )
    assert scenario.where("lightpaths", 0, "rate").file == "--set lightpaths.0.rate=100G"
    assert scenario.where("seed").line == 1


def test_all_stages_of_reading_fail_with_one_clear_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("latin.yaml").write_bytes("# Tōkyō\nname: K\xf6ln\n".encode("latin-1", "replace"))
    Path("zero.yaml").write_bytes(b"name: a\nsites: \x00\n")
    Path("empty.yaml").write_bytes(b"")
    for name, text in {
        "folder": "folder: this is a folder; give a scenario file",
        "missing.yaml": "missing.yaml: there is no such file",
        "latin.yaml": "latin.yaml:2: not UTF-8 text: byte 0xf6; save it as UTF-8",
        "zero.yaml": r"zero.yaml:2: not YAML: the character '\x00' is not allowed",
        "empty.yaml": "empty.yaml: the file is empty",
        "good.yaml/x": "good.yaml/x: Not a directory",
    }.items():
        if name.startswith("good"):
            Path("good.yaml").write_text(GOOD)
        assert [str(problem) for problem in problems(name)] == [text]


def test_json_with_tabs_is_read_with_lines(tmp_path):
    file = tmp_path / "s.json"
    file.write_text(json.dumps(good_data(), indent="\t"), "utf-8")
    loaded, expected = load_scenario(file), make_scenario(good_data())
    assert loaded.to_dict() == expected.to_dict()
    file.write_text('{\n\t"name": "a",\n\t"nam": 1\n}')
    assert [p.line for p in problems(file)] == [1, 1, 3]


def test_keys_are_text_and_only_true_and_false_are_booleans(good):
    text = GOOD.replace("kanto11", "{nodes: [{id: no}, {id: on}], links: [{a: no, b: on, km: 9}]}")
    text = text[: text.index("sites:")] + "sites: {no: 1, on: 2}\n"
    good.write_text(text)
    assert list(load_scenario(good).sites) == ["no", "on"]


def test_a_bomb_of_aliases_is_refused(good):
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
    good.write_text(f"a0: &a0 [x]\n{levels}")
    assert [p.message for p in problems(good)] == ["too many values"]


def test_endless_nesting_is_refused():
    with pytest.raises(InputError, match=r"deep\.yaml: lists and mappings are nested too deep"):
        parse_text("a: " + "[" * 3000 + "]" * 3000, "deep.yaml")


def test_network_paths_count_from_the_scenario(tmp_path):
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "lab.yaml").write_text(
        "nodes: [{id: a}, {id: b}]\nlinks: [{a: a, b: b, km: 9}]\n"
    )
    file = tmp_path / "s.yaml"
    file.write_text("name: s\nnetwork: nets/lab.yaml\nsites: {a: 1, b: 1}\n")
    assert network_of(load_scenario(file)).links[0].length_km == 9


def test_overrides_change_the_data_before_it_is_checked(good):
    scenario = load_scenario(
        good,
        [
            "lightpaths.0.rate=100G",
            "spectrum.spacing=100 GHz",
            "sites.omiya.servers=3",
            "workloads.1={ping: [[tokyo, omiya/3]]}",
            "seed=7",
            "description=",
        ],
    )
    assert scenario.lightpaths[0].rate_bps == 100e9
    assert scenario.spectrum.spacing_hz == 100e9
    assert scenario.workloads[1].to_plan(scenario.sites)["pairs"] == [["tokyo/1", "omiya/3"]]
    assert scenario.seed == 7
    assert scenario.description == ""


def test_errors_of_overrides_name_them(good):
    bad = ["lightpaths.9.rate=1G", "rate", "name.x=1", "a..b=1", "seed=[", "events.x.at=1 s"]
    assert [str(problem) for problem in problems(good, bad)] == [
        "--set lightpaths.9.rate=1G: lightpaths.9.rate: '9' is not an item; "
        "lightpaths has the items 0 to 1",
        "--set rate: not KEY=VALUE; write it like lightpaths.0.rate=400G",
        "--set name.x=1: name.x: name has no keys, it is 'good'; set name itself",
        "--set a..b=1: not KEY=VALUE; write it like lightpaths.0.rate=400G",
        "--set seed=[: seed: not YAML: while parsing a flow node expected the node content, "
        "but found '<stream end>'",
        "--set events.x.at=1 s: events.x.at: 'x' is not an item; events has the items 0 to 0",
    ]
    assert [
        str(problem) for problem in problems(good, ["sites.tokyo.servers=two", "colour=1"])
    ] == [
        "--set colour=1: colour: unknown key 'colour'; known: " + ", ".join(sorted(KEYS)),
        "--set sites.tokyo.servers=two: sites.tokyo.servers: 'two' is not a whole number",
    ]
    assert [p.file for p in problems(good, ["sites.tokyo=1"])] == ["good.yaml"]
    entry = "lightpaths=[{from: tokyo, to: omiya, rate: 100G}, {from: tokyo}]"
    assert {(p.file, p.key) for p in problems(good, [entry])} == {
        (f"--set {entry}", "lightpaths.1.rate"),
        (f"--set {entry}", "lightpaths.1.to"),
    }
    (place,) = problems(good, ["events=[{at: 1 s, cut: tokyo-mars}]"])
    assert (place.line, place.key) == (None, "events.0.cut")
    assert problems(good, ["workloads.1={ping: [[nara, tokyo]]}"])[0].file == (
        "--set workloads.1={ping: [[nara, tokyo]]}"
    )


KEYS = {field.alias or name for name, field in Scenario.model_fields.items()}


def test_overrides_leave_the_data_of_others_alone(good):
    data = good_data()
    before = copy.deepcopy(data)
    make_scenario(data)
    assert data == before


def test_shipped_experiments_are_good(tmp_path):
    for file in sorted(Path(__file__).parents[2].glob("experiments/*.yaml")):
        copied = tmp_path / file.name
        shutil.copy(file, copied)
        scenario = load_scenario(copied)
        again = make_scenario(scenario.to_dict())
        assert again.to_dict() == scenario.to_dict()
        assert dict(again) == dict(scenario)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.data())
def test_damaged_scenarios_raise_nothing_but_input_errors(data):
    lines = GOOD.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(lines) - 1))
        line = lines[index]
        start = data.draw(st.integers(0, len(line)))
        end = data.draw(st.integers(start, len(line)))
        junk = data.draw(
            st.sampled_from(["", "[", "{", "}", ": ", "-", "1", "a", "~", '"', "&b *b"])
        )
        lines[index] = line[:start] + junk + line[end:]
    found = None
    try:
        content, places = parse_text("".join(lines), "s.yaml")
        scenario = make_scenario(content, Source("s.yaml", places))
        check_scenario(scenario, network_of(scenario))
    except InputError as error:
        found = error.problems
    assert found is None or all(p.message and p.file == "s.yaml" for p in found)


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYS)), inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.sampled_from(sorted(KEYS)), JUNK)
def test_any_value_of_any_key_raises_nothing_but_input_errors(key, value):
    data = {**good_data(), key: value}
    found = []
    try:
        scenario = make_scenario(data)
        assert make_scenario(scenario.to_dict()).to_dict() == scenario.to_dict()
    except InputError as error:
        found = error.problems
    assert all(p.key == key or p.key.startswith(f"{key}.") for p in found)
