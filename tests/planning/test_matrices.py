"""Traffic matrices: who sends what to whom, and the cut that bounds it."""

import pytest

from apn_emu.errors import InputError
from apn_emu.network.loading import load_network
from apn_emu.planning.compile import compile_plan
from apn_emu.scenario.loading import make_scenario, network_of

DATA = {
    "name": "matrix",
    "network": "tokyo-metro",
    "sites": {"tokyo": 2, "omiya": 1, "hachioji": 1},
    "lightpaths": [{"mesh": "full", "rate": "100G"}],
}


def planned(matrix, **changes):
    scenario = make_scenario(DATA | changes | {"workloads": [{"throughput": matrix}]})
    return compile_plan(scenario, network_of(scenario)).workloads[0]


def ends(params):
    return [tuple(flow["ends"]) for flow in params["flows"]]


def test_all_to_all_is_every_server_to_every_one_of_other_sites():
    params = planned("all-to-all")
    assert len(set(ends(params))) == 10
    assert ("tokyo/2", "omiya/1") in ends(params)
    assert not [pair for pair in ends(params) if pair[0][:5] == pair[1][:5]]
    # Halves: tokyo with 2 servers, the others with 1 each; two lightpaths, both directions.
    assert params["cut_bps"] == 400e9
    crossing = [flow for flow in params["flows"] if flow["crosses"]]
    assert len(crossing) == 8


def test_incast_is_bounded_by_the_minimum_cut_to_its_receiver():
    params = planned({"incast": "tokyo/2"})
    assert ends(params) == [("omiya/1", "tokyo/2"), ("hachioji/1", "tokyo/2")]
    assert params["cut_bps"] == 200e9
    assert all(flow["crosses"] for flow in params["flows"])
    narrow = {"tokyo": {"servers": 2, "server_rate": "10G"}, "omiya": 1, "hachioji": 1}
    assert planned({"incast": "tokyo"}, sites=narrow)["cut_bps"] == 10e9


def test_gravity_follows_populations():
    params = planned({"gravity": "100G"})
    rates = {}
    for flow in params["flows"]:
        sites = tuple(end.partition("/")[0] for end in flow["ends"])
        rates[sites] = rates.get(sites, 0) + flow["rate_bps"]
    assert sum(rates.values()) == pytest.approx(100e9)
    people = {node.id: node.population for node in load_network("tokyo-metro").nodes}
    ratio = people["tokyo"] / people["hachioji"]
    assert rates["tokyo", "omiya"] / rates["hachioji", "omiya"] == pytest.approx(ratio)


def test_gravity_follows_servers_where_populations_are_not_known():
    network = {"nodes": [{"id": "a"}, {"id": "b"}, {"id": "c"}]}
    network["links"] = [{"a": "a", "b": "b", "km": 1}, {"a": "b", "b": "c", "km": 1}]
    sites = {"a": 2, "b": 1, "c": 1}
    params = planned({"gravity": "10G"}, network=network, sites=sites)
    between = {tuple(flow["ends"]): flow["rate_bps"] for flow in params["flows"]}
    assert between["a/1", "b/1"] == between["b/1", "c/1"] == pytest.approx(1e9)


def test_pairs_without_a_way_between_them_are_refused():
    lightpaths = [{"from": "tokyo", "to": "omiya", "rate": "100G"}]
    with pytest.raises(InputError) as caught:
        planned([["tokyo", "omiya"], ["omiya", "hachioji"]], lightpaths=lightpaths)
    assert [str(problem) for problem in caught.value.problems] == [
        "workloads.0.throughput: no lightpaths lead from omiya to hachioji;"
        " add one under lightpaths"
    ]


def test_flows_within_a_site_cross_no_cut():
    params = planned([["tokyo/1", "tokyo/2"]])
    assert params["cut_bps"] is None


def flows(sites=DATA["sites"], **entry):
    data = DATA | {"sites": sites, "workloads": [{"flows": "web-search"} | entry]}
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario)).workloads[0]["flows"]


def test_a_load_is_of_the_narrowest_place_and_shared_by_the_servers_of_a_site():
    offered = {tuple(flow["ends"]): flow["rate_bps"] for flow in flows(load=0.4)}
    assert offered["omiya/1", "hachioji/1"] == pytest.approx(40e9)
    assert offered["omiya/1", "tokyo/2"] == pytest.approx(20e9)
    slow = {"tokyo": 2, "omiya": {"server_rate": "10G"}, "hachioji": 1}
    offered = {tuple(flow["ends"]): flow["rate_bps"] for flow in flows(slow, load=0.5)}
    assert offered["omiya/1", "hachioji/1"] == pytest.approx(5e9 / 3)
    assert offered["hachioji/1", "tokyo/1"] == pytest.approx(25e9)


def test_more_flows_than_there_are_ports_are_refused():
    with pytest.raises(InputError, match=r"about [\d,]+ flows would arrive, more than 10,000;"):
        flows(load=0.5, duration="2 s")


def test_flows_have_no_gravity():
    with pytest.raises(InputError, match="gravity gives rates"):
        flows(between={"gravity": "10G"})
