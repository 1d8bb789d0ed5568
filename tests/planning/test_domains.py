"""A network parted among operators: gateways, segments, and what the plan says about both."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.errors import InputError
from apn_emu.network.division import divide
from apn_emu.network.model import Link, Network, Node
from apn_emu.planning.baselines import baseline_plans
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.facts import facts_of
from apn_emu.planning.forecast import outages
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of

SCENARIO: dict[str, Any] = {
    "name": "three-operators",
    "network": {
        "nodes": [{"id": node} for node in "abcdef"],
        "links": [
            {"a": a, "b": b, "km": km}
            for a, b, km in (("a", "b", 10), ("b", "c", 30), ("a", "c", 90), ("c", "d", 10))
        ]
        + [{"a": "d", "b": "e", "km": 20}, {"a": "f", "b": "e", "km": 10}],
    },
    "domains": {"one": ["a", "b"], "two": ["c", "d"], "three": ["e", "f"]},
    "sites": {site: {} for site in "abdf"},
    "lightpaths": [{"from": "a", "to": "f", "rate": "100G"}],
}


def plan_of(**changes: Any) -> Plan:
    scenario = make_scenario({**SCENARIO, **changes})
    return compile_plan(scenario, network_of(scenario))


def test_a_lightpath_over_three_domains_is_three_in_a_row() -> None:
    plan = plan_of()
    (through,) = plan.end_to_end
    assert through.segments == ("a-f.1", "a-f.2", "a-f.3")
    assert through.borders == ("b-c", "d-e")  # of two borders to c the one on the shorter way
    routes = [path.route for path in plan.path("a", "f")]
    assert routes == [("a", "b", "b~c"), ("c~b", "c", "d", "d~e"), ("e~d", "e", "f")]
    assert plan.path("f", "a") == plan.path("a", "f")[::-1]
    one_way_ns = sum(path.latency.total_ns for path in plan.lightpaths)
    assert plan.round_trip_ns("a", "f") == 2 * one_way_ns
    assert sum(path.length_km for path in plan.lightpaths) == 80
    # Each segment has transceivers of its own: regeneration at both borders.
    one = plan_of(domains={}).lightpaths[0]
    assert (
        sum(p.latency.transceivers_ns for p in plan.lightpaths) == 3 * one.latency.transceivers_ns
    )
    assert plan.path_rate_bps("a", "f") == 100 * 10**9
    assert Plan.from_json(plan.to_json()) == plan


def test_nobody_carries_packets_between_others() -> None:
    plan = plan_of(lightpaths=[{"from": a, "to": b, "rate": "100G"} for a, b in ("ab", "ad", "df")])
    assert plan.joins("a", "d")
    assert not plan.joins("b", "d")
    assert not plan.joins("a", "f")
    with pytest.raises(InputError, match="no lightpaths lead from a to f"):
        plan_of(
            lightpaths=[{"from": a, "to": b, "rate": "100G"} for a, b in ("ad", "df")],
            workloads=[{"probe": [["a", "f"]]}],
        )


def test_parallel_lightpaths_share_borders_in_the_same_order() -> None:
    plan = plan_of(lightpaths=[{"from": "a", "to": "f", "rate": "100G", "count": 3}])
    assert plan.path_rate_bps("a", "f") == 300 * 10**9
    handed = [
        (plan.lightpath_by_id[near].b.line_port, plan.lightpath_by_id[far].a.line_port)
        for through in plan.end_to_end
        for near, far in zip(through.segments, through.segments[1:], strict=False)
    ]
    assert handed == [(1, 1), (1, 1), (2, 2), (2, 2), (3, 3), (3, 3)]
    assert {border.id: border.ports for border in plan.borders} == {"b-c": 5, "a-c": 2, "d-e": 5}


def test_a_border_that_is_full() -> None:
    parallel = [{"from": "a", "to": "f", "rate": "100G", "count": 3}]
    plan = plan_of(lightpaths=parallel, borders={"b-c": 2})
    assert [through.borders[0] for through in plan.end_to_end] == ["b-c", "b-c", "a-c"]
    with pytest.raises(InputError, match=r"a-f#3: NO_PATH: no free border .* under borders"):
        plan_of(lightpaths=parallel, borders={"d-e": 2})


def test_events_name_whole_fibres() -> None:
    cuts = [
        {"at": "1 s", "cut": "b-c", "at_distance": "10 km"},
        {"at": "2 s", "repair": "b-c"},
        {"at": "3 s", "degrade": "b-c", "loss": "9 dB"},
        {"at": "4 s", "node-failure": "e"},
    ]
    plan = plan_of(events=cuts)
    assert [event["fibres"] for event in plan.events[:2]] == [
        [["b-b~c", "b", 10e3], ["b-b~c", "b~c", 5e3]]
    ] * 2
    assert plan.events[2]["degraded"] == [["b-b~c", "b"], ["c-c~b", "c"]]
    assert set(plan.events[2]["quality"]) == {"a-f.1", "a-f.2"}
    assert ["e-e~d", "e", 0.0] in plan.events[3]["fibres"]
    hit = [(outage.lightpath, outage.site) for outage in outages(plan) if outage.event == 0]
    assert hit == [("a-f.1", "a"), ("a-f.1", "b~c")]


def test_what_a_plan_is_compared_with_knows_no_domains() -> None:
    scenario = make_scenario({**SCENARIO, "baselines": ["leased-line-10g"]})
    network = network_of(scenario)
    plan = compile_plan(scenario, network)
    (baseline,) = baseline_plans(scenario, network, plan).values()
    assert baseline.packet_links[-1].length_km == 80 * 1.3  # the detour of leased lines
    assert (baseline.gateways, baseline.domains, baseline.end_to_end) == ((), (), ())
    assert facts_of(plan, network).light_rtt_s["a", "f"] == pytest.approx(
        2 * 80 * 4.8967e-6, rel=1e-4
    )


@settings(deadline=None, derandomize=True)
@given(length_km=st.floats(0.1, 500), share=st.floats(0, 1), parallel=st.booleans(), data=st.data())
def test_a_place_on_a_whole_fibre_is_one_place_on_a_half(
    length_km: float, share: float, parallel: bool, data: st.DataObject
) -> None:
    name = "a-b#2" if parallel else "a-b"
    network = Network("n", (Node("a", "A", 35.0, 135.0), Node("b", "B", 36.0, 136.0)), ())
    network = replace(network, links=(Link(name, "a", "b", length_km),))
    division = divide(network, {"one": ["a"], "two": ["b"]})
    crossing = division.crossings[name]
    assert [link.length_km for link in division.network.links] == [length_km / 2] * 2
    assert division.network.nodes[:2] == network.nodes
    source = data.draw(st.sampled_from("ab"))
    half, entered, metres = crossing.stop(source, share * length_km * 1e3)
    link = division.network.link_by_id[half]
    assert 0 <= metres <= link.length_km * 1e3
    before_m = 0.0 if entered == source else length_km / 2 * 1e3
    assert before_m + metres == pytest.approx(share * length_km * 1e3)
    assert crossing.half(source) == f"{source}-{crossing.gateways['ab'.index(source)].id}"
