"""Places where packets can be captured."""

import pytest

from apn_emu.engine.saving import reproduction
from apn_emu.errors import InputError
from apn_emu.network.loading import load_network
from apn_emu.planning.baselines import baseline_plans
from apn_emu.planning.compile import compile_plan
from apn_emu.scenario.loading import load_scenario, make_scenario, network_of

DATA = {
    "name": "captured",
    "network": "tokyo-metro",
    "sites": {"tokyo": {"servers": 2, "transponders": 9}, "omiya": {"transponders": 8}},
    "lightpaths": [{"from": "tokyo", "to": "omiya", "rate": "100G", "protection": "1+1"}],
}


def captured(*places):
    scenario = make_scenario(DATA | {"captures": list(places)})
    return compile_plan(scenario, network_of(scenario))


def test_every_kind_of_place_is_a_port_of_the_emulated_network():
    plan = captured("tokyo/2", "omiya", "apnt-tokyo:3", "tokyo-omiya@omiya")
    found = {c.place: (c.file, c.node, c.port) for c in plan.captures}
    line_port = plan.lightpaths[0].end("omiya").line_port
    assert found == {
        "tokyo/2": ("tokyo.2.pcapng", "tokyo2", 0),
        "omiya/1": ("omiya.1.pcapng", "omiya1", 0),
        "apnt-tokyo:3": ("apnt-tokyo.3.pcapng", "apnt-tokyo", 3),
        "tokyo-omiya@omiya": ("tokyo-omiya.omiya.pcapng", "apnt-omiya", line_port),
    }
    fibre = plan.fibres[0]
    (capture,) = captured(f"roadm-{fibre.b}:{fibre.id}").captures
    assert (capture.node, capture.port) == (f"roadm-{fibre.b}", fibre.b_port)


def test_both_paths_of_a_protected_lightpath_have_ends():
    protecting = captured().lightpaths[0].protecting
    assert protecting is not None
    (capture,) = captured(f"{protecting.id}@tokyo").captures
    assert capture.port == protecting.end("tokyo").line_port


def test_bad_places_are_all_named_with_what_there_is():
    with pytest.raises(InputError) as caught:
        captured("tokyo/3", "tokyo", "tokyo/1", "osaka")
    first, second, third = caught.value.problems
    assert (first.key, first.message) == ("captures.0", "there is no place 'tokyo/3'")
    for there in ("tokyo/1, tokyo/2, omiya/1", "tokyo-omiya@omiya", "apnt-tokyo:1 to :9"):
        assert there in str(first.remedy)
    assert (second.key, second.message) == ("captures.2", "tokyo/1 is captured twice")
    assert (third.key, third.remedy) == ("captures.3", None)  # the list stands once


def test_more_places_than_memory_is_there_for_are_refused():
    shelves = [f"apnt-{site}:{number}" for site in ("tokyo", "omiya") for number in range(1, 9)]
    assert len(captured(*shelves).captures) == 16
    with pytest.raises(InputError, match="17 places are more than 16"):
        captured(*shelves, "tokyo")


def test_a_baseline_has_no_captures():
    scenario = make_scenario(
        DATA
        | {
            "captures": ["tokyo-omiya@omiya"],
            "baselines": [{"name": "lines", "topology": "mesh"}],
        }
    )
    network = load_network("tokyo-metro")
    (plan,) = baseline_plans(scenario, network, compile_plan(scenario, network)).values()
    assert plan.captures == ()


def test_capture_of_the_command_line_comes_behind_those_of_the_file(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(
        "name: mine\nnetwork: tokyo-metro\nsites: {tokyo: , omiya: }\ncaptures: [tokyo]\n"
    )
    scenario = load_scenario(file, (), ["omiya/1"])
    assert scenario.captures == ("tokyo", "omiya/1")
    assert "--capture omiya/1" in reproduction(scenario, 1)
    bad = load_scenario(file, (), ["osaka"])
    with pytest.raises(InputError, match=r"--capture osaka: captures\.1: there is no place"):
        compile_plan(bad, network_of(bad))
