"""The plan itself: JSON and back, forwarding without loops, addresses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of


def chain(*lightpaths: dict[str, Any]) -> Plan:
    """Return a plan on a - b - c - d with those lightpaths."""
    data = {
        "name": "chain",
        "network": {
            "nodes": [{"id": node} for node in "abcd"],
            "links": [
                {"a": "a", "b": "b", "km": 10},
                {"a": "b", "b": "c", "km": 20},
                {"a": "c", "b": "d", "km": 40},
            ],
        },
        "sites": dict.fromkeys("abcd", 2),
        "lightpaths": list(lightpaths),
        "workloads": [{"ping": [["a/1", "a/2"]], "count": 3}],
    }
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario))


NEIGHBOURS = {"mesh": "neighbours", "rate": "100G"}
EXPRESS = {"from": "a", "to": "d", "rate": "100G", "count": 2}


def test_json_brings_the_same_plan_back() -> None:
    plan = chain(NEIGHBOURS, EXPRESS)
    again = Plan.from_json(plan.to_json())
    assert again.to_json() == plan.to_json()
    assert again.lightpaths == plan.lightpaths
    assert again.next_hops == plan.next_hops
    assert again.sites == plan.sites
    assert again.fibres == plan.fibres
    assert json.loads(plan.to_json())["workloads"][0]["count"] == 3


def test_json_keeps_protecting_paths_and_parameters() -> None:
    links = [{"a": a, "b": b, "km": 10} for a, b in ("ab", "bc", "ca")]
    scenario = make_scenario(
        {
            "name": "ring",
            "network": {"nodes": [{"id": node} for node in "abc"], "links": links},
            "sites": dict.fromkeys("abc"),
            "lightpaths": [
                {"from": "a", "to": "b", "rate": "100G", "protection": "1+1"},
                {"from": "b", "to": "c", "rate": "100G"},
            ],
            "equipment": {"line_queue": "5 MB"},
        }
    )
    plan = compile_plan(scenario, network_of(scenario))
    again = Plan.from_json(plan.to_json())
    assert again == plan
    assert [path.id for path in again.paths] == ["a-b", "a-b/protection", "b-c"]
    assert again.equipment.line_queue_bytes == 5_000_000
    assert again.equipment.transceivers_ns is None


def test_transit_goes_from_neighbour_to_neighbour() -> None:
    plan = chain(NEIGHBOURS)
    assert [hop.id for hop in plan.path("a", "d")] == ["a-b", "b-c", "c-d"]
    assert [hop.id for hop in plan.path("d", "a")] == ["c-d", "b-c", "a-b"]
    assert plan.path("a", "a") == ()
    one_way_ns = sum(hop.latency.total_ns for hop in plan.path("a", "d"))
    assert plan.round_trip_ns("a", "d") == 2 * one_way_ns


def test_an_express_lightpath_saves_the_transit() -> None:
    plan = chain(NEIGHBOURS, EXPRESS)
    assert plan.next_hops["a"]["d"] == ("a-d", "a-d#2")
    assert [hop.id for hop in plan.path("a", "d")] == ["a-d"]
    assert plan.lightpath_by_id["a-d"].route == ("a", "b", "c", "d")


@pytest.mark.parametrize("lightpaths", [[NEIGHBOURS], [NEIGHBOURS, EXPRESS], [EXPRESS]])
def test_forwarding_never_loops(lightpaths: list[dict[str, Any]]) -> None:
    plan = chain(*lightpaths)
    for source, hops in plan.next_hops.items():
        for destination, ids in hops.items():
            for first in ids:
                at, seen = source, {source}
                hop = plan.lightpath_by_id[first]
                while (at := hop.far_end(at).site) != destination:
                    assert at not in seen
                    seen.add(at)
                    hop = plan.lightpath_by_id[plan.next_hops[at][destination][0]]


def test_what_cannot_be_reached_is_left_out() -> None:
    plan = chain(EXPRESS)
    assert plan.next_hops["b"] == {}
    with pytest.raises(KeyError):
        plan.path("a", "b")


def test_the_broadcast_tree_spans_the_sites_without_a_ring() -> None:
    assert sorted(chain(NEIGHBOURS, EXPRESS).broadcast_tree) != []
    assert len(chain(NEIGHBOURS, EXPRESS).broadcast_tree) == 3
    assert chain(EXPRESS).broadcast_tree == ("a-d",)


def test_ends_and_servers_are_found() -> None:
    plan = chain(NEIGHBOURS)
    lightpath = plan.lightpath_by_id["b-c"]
    assert lightpath.end("b").site == "b"
    assert lightpath.far_end("b").site == "c"
    with pytest.raises(KeyError):
        lightpath.end("a")
    assert list(plan.servers) == ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2"]
    servers = plan.servers.values()
    for values in ({s.mac for s in servers}, {s.ipv4 for s in servers}, {s.ipv6 for s in servers}):
        assert len(values) == 8
