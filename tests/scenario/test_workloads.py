import json

import pytest

from apn_emu.scenario.loading import make_scenario
from apn_emu.scenario.places import Pair, Server, expand
from apn_emu.scenario.workloads import WORKLOADS

SITES = {"tokyo": 2, "chiba": 2, "omiya": 1}


def plan_of(entry: dict) -> dict:
    data = {"name": "w", "network": "tokyo-metro", "sites": SITES, "workloads": [entry]}
    scenario = make_scenario(data)
    plan = scenario.workloads[0].to_plan(scenario.sites)
    assert json.loads(json.dumps(plan)) == plan, "plain data only"
    return plan


def test_all_pairs_are_each_two_sites_once_in_the_order_of_the_scenario():
    assert plan_of({"ping": "all-pairs"})["pairs"] == [
        ["tokyo/1", "chiba/1"],
        ["tokyo/1", "omiya/1"],
        ["chiba/1", "omiya/1"],
    ]


@pytest.mark.parametrize("kind", ["ping", "iperf3"])
@pytest.mark.parametrize("pairs", [[["tokyo", "chiba/2"]], {"from": "tokyo/1", "to": "chiba/2"}])
def test_pairs_are_written_in_several_ways(kind, pairs):
    assert plan_of({kind: pairs})["pairs"] == [["tokyo/1", "chiba/2"]]


def test_the_plan_of_each_kind_has_si_numbers_and_defaults():
    assert plan_of({"ping": "all-pairs", "interval": "1 ms"}) | {"pairs": []} == {
        "kind": "ping",
        "name": "ping",
        "start_s": None,
        "duration_s": None,
        "warm_up_s": 0.0,
        "parallel": 1,
        "pairs": [],
        "count": 10,
        "interval_s": 0.001,
        "size_byte": 56,
        "ip": 4,
    }
    assert plan_of({"iperf3": "all-pairs", "protocol": "udp", "bitrate": "10G"}) | {
        "pairs": []
    } == {
        "kind": "iperf3",
        "name": "iperf3",
        "start_s": None,
        "duration_s": 0.02,
        "warm_up_s": 0.02,
        "warm_up_round_trips": 20.0,
        "duration_round_trips": 2.0,
        "parallel": 1,
        "pairs": [],
        "streams": 1,
        "protocol": "udp",
        "bitrate_bps": 1e10,
        "congestion": None,
        "length_byte": None,
        "ip": 4,
    }
    assert plan_of({"command": "/bin/sh -c 'echo 1'", "on": "tokyo", "start": "1 s"}) == {
        "kind": "command",
        "name": "sh",
        "start_s": 1.0,
        "duration_s": None,
        "warm_up_s": 0.0,
        "parallel": 1,
        "argv": ["/bin/sh", "-c", "echo 1"],
        "on": ["tokyo/1"],
        "background": False,
        "expect_exit": 0,
    }


@pytest.mark.parametrize(("written", "meant"), [(True, None), (False, 1), (3, 3)])
def test_parallel_is_a_number_of_pairs_or_all(written, meant):
    assert plan_of({"ping": "all-pairs", "parallel": written})["parallel"] == meant


def test_a_name_replaces_the_kind_in_measurements():
    assert plan_of({"ping": "all-pairs", "name": "under-load"})["name"] == "under-load"


def test_every_kind_is_found_by_its_key():
    assert all(kind in {f.alias for f in m.model_fields.values()} for kind, m in WORKLOADS.items())


def test_named_pairs_are_left_as_they_are():
    pairs = (Pair(Server("a"), Server("b", 2)),)
    assert expand(pairs, ["x", "y"]) == pairs
