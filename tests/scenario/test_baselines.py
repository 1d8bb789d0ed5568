"""Baselines as a user writes them."""

from typing import Any

import pytest

from apn_emu.errors import InputError
from apn_emu.scenario.checks import check_scenario
from apn_emu.scenario.loading import make_scenario, network_of
from apn_emu.scenario.schema import Scenario


def scenario(*baselines: Any) -> Scenario:
    return make_scenario(
        {
            "name": "b",
            "network": {
                "nodes": [{"id": "a"}, {"id": "b"}],
                "links": [{"a": "a", "b": "b", "km": 9}],
            },
            "sites": {"a": None, "b": None},
            "baselines": list(baselines),
        }
    )


def test_a_name_stands_for_its_preset() -> None:
    (line,) = scenario("leased-line-10g").baselines
    assert (line.name, line.rate_bps, line.topology) == ("leased-line-10g", 10e9, "mesh")


def test_a_mapping_changes_what_it_gives() -> None:
    (line,) = scenario({"preset": "internet", "name": "far", "rtt": "30 ms"}).baselines
    assert (line.name, line.rtt_s, line.rate_bps, line.mtu) == ("far", 0.03, 300e6, 1500)


def test_a_mapping_can_do_without_a_preset() -> None:
    (line,) = scenario({"name": "mine", "rate": "40G"}).baselines
    assert (line.name, line.preset, line.rate_bps) == ("mine", None, 40e9)


def test_a_scenario_is_read_back_as_the_same() -> None:
    given = scenario("ip-vpn", {"name": "mine", "rate": "40G", "cross_load": 0.1})
    again = make_scenario(given.to_dict())
    assert again.baselines == given.baselines
    assert again.to_dict() == given.to_dict()


@pytest.mark.parametrize(
    ("baseline", "words"),
    [
        ("ip-vnp", "did you mean ip-vpn?"),
        ({"rate": "1G"}, "name"),
        ({"preset": "internet", "cross_load": "99 %"}, "at most 0.95"),
        ({"preset": "internet", "speed": "1G"}, "unknown key 'speed'"),
    ],
)
def test_what_is_wrong_is_said(baseline: Any, words: str) -> None:
    with pytest.raises(InputError, match=words.replace("?", r"\?")):
        scenario(baseline)


def test_names_are_unique_and_hubs_exist() -> None:
    given = scenario("ip-vpn", {"preset": "ip-vpn", "hub": "nowhere"})
    with pytest.raises(InputError) as caught:
        check_scenario(given, network_of(given))
    texts = [str(problem) for problem in caught.value.problems]
    assert any("'ip-vpn' is there twice" in text for text in texts)
    assert any("there is no node 'nowhere'" in text for text in texts)
