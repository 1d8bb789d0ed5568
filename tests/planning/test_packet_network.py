"""Baselines as plans: topologies, latencies, forwarding without loops, cross traffic."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.planning.baselines import baseline_plans
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.packet_network import central_node
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of

SITES = ("tokyo", "omiya", "chiba", "yokohama", "hachioji")


def plans(*baselines: Any, latency: str = "5 us", **more: Any) -> dict[str, Plan]:
    """Return the plans of baselines of five metro sites, and `apn` itself."""
    data = {
        "name": "metro",
        "network": "tokyo-metro",
        "sites": {site: {"servers": 2, "server_latency": latency} for site in SITES},
        "lightpaths": [{"mesh": "full", "rate": "100G"}],
        "workloads": [{"ping": "all-pairs"}],
        "baselines": list(baselines),
        **more,
    }
    scenario = make_scenario(data)
    network = network_of(scenario)
    plan = compile_plan(scenario, network)
    return {"apn": plan, **baseline_plans(scenario, network, plan)}


PRESETS = ("single-site", "leased-line-10g", "ip-vpn", "internet")


@pytest.mark.parametrize("name", PRESETS)
def test_the_same_servers_run_the_same_workloads(name: str) -> None:
    both = plans(name)
    apn, baseline = both["apn"], both[name]
    assert baseline.servers == apn.servers
    assert baseline.workloads == apn.workloads
    assert (baseline.lightpaths, baseline.roadms, baseline.fibres) == ((), (), ())
    assert Plan.from_json(baseline.to_json()).to_json() == baseline.to_json()


@pytest.mark.parametrize("name", PRESETS)
def test_every_pair_is_joined_without_a_loop(name: str) -> None:
    plan = plans(name)[name]
    for source, destination in permutations(SITES, 2):
        at, seen = source, {source}
        for hop in plan.path(source, destination):
            at = hop.far_end(at).site
            assert at not in seen
            seen.add(at)
        assert at == destination


def test_one_data_centre_has_one_spine_that_never_blocks() -> None:
    plan = plans("single-site")["single-site"]
    assert [router.id for router in plan.routers] == ["fabric"]
    assert all(link.rate_bps == 2 * 400_000_000_000 for link in plan.packet_links)
    # 1 us of switches and 0.2 km of cable one way, 5 us a server
    assert plan.round_trip_ns("chiba", "hachioji") == 2 * (1000 + 2 * 490) + 2 * 5000


def test_a_leased_line_stands_for_each_lightpath() -> None:
    both = plans("leased-line-10g", "ip-vpn")
    plan = both["leased-line-10g"]
    lines = [link for link in plan.packet_links if link.rate_bps == 10_000_000_000]
    assert len(lines) == 10
    assert plan.path_rate_bps("chiba", "hachioji") == 10_000_000_000
    # tokyo-chiba has 39.2 km of fibre; the line is 1.3 times as long and passes OTN equipment
    line = plan.hop_by_id["router-tokyo-router-chiba"]
    assert line.length_km == pytest.approx(1.3 * 39.2)
    assert line.latency.line_ns == round(1.3 * 39.2 * 4896.72) + 100_000


def test_the_published_internet_is_as_far_from_everywhere() -> None:
    plan = plans("internet", latency="0 s")["internet"]
    for a, b in combinations(SITES, 2):
        assert plan.round_trip_ns(a, b) == pytest.approx(15e6, abs=10)
        assert plan.path_rate_bps(a, b) == 300_000_000
    assert {site.mtu for site in plan.sites} == {1500}


def test_a_star_has_its_middle_where_distances_are_least() -> None:
    scenario = make_scenario(
        {"name": "m", "network": "tokyo-metro", "sites": dict.fromkeys(SITES, 1)}
    )
    network = network_of(scenario)
    assert central_node(compile_plan(scenario, network), network) == "tokyo"
    plan = plans({"preset": "ip-vpn", "hub": "omiya"})["ip-vpn"]
    assert "hub-omiya" in {router.id for router in plan.routers}
    assert [hop.id for hop in plan.path("chiba", "hachioji")] == [
        "chiba-router-chiba",
        "router-chiba-hub-omiya",
        "router-hachioji-hub-omiya",
        "hachioji-router-hachioji",
    ]


def test_cross_traffic_takes_its_part_of_every_line_both_ways() -> None:
    plan = plans({"preset": "ip-vpn", "cross_load": "40 %"})["ip-vpn"]
    assert len(plan.cross_traffic) == 2 * len(SITES)
    assert {traffic.rate_bps for traffic in plan.cross_traffic} == {400_000_000}
    assert len({traffic.mac for traffic in plan.cross_traffic}) == 10
    assert not {t.mac for t in plan.cross_traffic} & {s.mac for s in plan.servers.values()}
    assert len(plan.generator_routers) == len(SITES) + 1


def test_oversubscription_narrows_the_uplinks() -> None:
    plan = plans({"name": "narrow", "rate": "1T", "oversubscription": 8})["narrow"]
    assert plan.path_rate_bps("chiba", "tokyo") == 100_000_000_000


def test_a_hub_at_a_site_is_no_loop() -> None:
    nowhere = {"name": "near", "topology": "star", "hub": "tokyo", "router_latency": "0 s"}
    plan = plans(nowhere)["near"]
    assert len(plan.path("tokyo", "chiba")) == 4


@settings(deadline=None, derandomize=True, max_examples=25)
@given(
    topology=st.sampled_from(["fabric", "mesh", "star"]),
    detour=st.floats(1, 3),
    router_us=st.integers(0, 500),
)
def test_a_round_trip_is_never_shorter_than_light(
    topology: str, detour: float, router_us: int
) -> None:
    baseline = {
        "name": "any",
        "topology": topology,
        "detour": detour,
        "router_latency": f"{router_us} us",
    }
    both = plans(baseline)
    for a, b in combinations(SITES, 2):
        there, back = both["any"].round_trip_ns(a, b), both["any"].round_trip_ns(b, a)
        assert there == back
        if topology != "fabric":
            light_ns = sum(h.latency.fibre_ns for h in both["apn"].path(a, b))  # type: ignore[union-attr]
            assert there >= 2 * light_ns
