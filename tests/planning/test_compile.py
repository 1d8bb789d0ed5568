"""Scenarios compiled: lightpaths, latencies, names, and every refusal at its line."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.errors import InputError, Problem
from apn_emu.optics.grid import Channel
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import ControlParameters, Plan
from apn_emu.scenario.control import SETUPS
from apn_emu.scenario.loading import load_scenario, make_scenario, network_of

METRO = """\
name: metro
network: tokyo-metro
sites: {tokyo: 2, omiya: 2, chiba: 2, yokohama: 2, hachioji: 2}
lightpaths:
  - {mesh: full, rate: 100G}
"""
LINE = """\
name: line
network: {nodes: [{id: a}, {id: b}, {id: c}], links: [{a: a, b: b, km: 50}, {a: b, b: c, km: 60}]}
sites: {a: , b: , c: }
lightpaths:
"""


def compiled(folder: Path, text: str, *overrides: str, seed: int | None = None) -> Plan:
    file = folder / "scenario.yaml"
    file.write_text(text)
    scenario = load_scenario(file, overrides)
    return compile_plan(scenario, network_of(scenario), seed)


def problems(folder: Path, text: str) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        compiled(folder, text)
    return caught.value.problems


def no_clash(plan: Plan) -> bool:
    """Return whether no two lightpaths overlap on a fibre."""
    for one, other in combinations(plan.lightpaths, 2):
        a = Channel(one.channel_lower, one.channel_width)
        b = Channel(other.channel_lower, other.channel_width)
        if set(one.fibres) & set(other.fibres) and a.overlaps(b):
            return False
    return True


def test_full_mesh_of_the_metro(tmp_path: Path) -> None:
    plan = compiled(tmp_path, METRO)
    assert len(plan.lightpaths) == 10
    assert no_clash(plan)
    assert {lightpath.channel_width for lightpath in plan.lightpaths} == {8}
    assert plan.seed == 1
    assert compiled(tmp_path, METRO, seed=7).seed == 7
    assert compiled(tmp_path, METRO) == plan


@pytest.mark.parametrize("rate", ["100G", "400G"])
def test_latencies_add_up(tmp_path: Path, rate: str) -> None:
    for lightpath in (plan := compiled(tmp_path, METRO, f"lightpaths.0.rate={rate}")).lightpaths:
        fibres_ns = sum(plan.fibre_by_id[fibre].delay_ns for fibre in lightpath.fibres)
        assert lightpath.drop_delay_ns + fibres_ns == lightpath.latency.total_ns
        assert lightpath.drop_delay_ns > 0
        assert lightpath.rate_bps == int(rate[:-1]) * 10**9
        assert lightpath.queue_bytes == lightpath.rate_bps // 8000
        assert lightpath.frame_loss == 0
        assert lightpath.qot["margin_db"] >= 0
        assert 0 < lightpath.qot["pre_fec_ber"] < 0.03


def test_equipment_overrides_reach_the_plan(tmp_path: Path) -> None:
    text = METRO + (
        "equipment: {transceiver_latency: 9 us, roadm_latency: 70 ns, amplifier_latency: 1 us,"
        " line_queue: 5 MB}\n"
    )
    plan = compiled(tmp_path, text)
    lightpath = plan.lightpath_by_id["chiba-hachioji"]
    assert lightpath.latency.transceivers_ns == 9000
    assert lightpath.latency.roadms_ns == 70 * len(lightpath.route)
    amplifiers = sum(plan.fibre_by_id[fibre].amplifiers for fibre in lightpath.fibres)
    assert lightpath.latency.amplifiers_ns == 1000 * amplifiers > 0
    assert lightpath.drop_delay_ns == 9000 + 70
    assert lightpath.queue_bytes == 5_000_000


def test_entries_are_expanded_in_order(tmp_path: Path) -> None:
    text = LINE + (
        "  - {mesh: neighbours, rate: 100G}\n"
        "  - {from: a, to: c, rate: 100G, count: 2}\n"
        "  - {mesh: [a, b], rate: 100G}\n"
    )
    plan = compiled(tmp_path, text)
    assert [p.id for p in plan.lightpaths] == ["a-b", "b-c", "a-c", "a-c#2", "a-b#2"]
    assert no_clash(plan)


def test_a_prescribed_channel_is_kept_free_for_its_entry(tmp_path: Path) -> None:
    text = LINE + (
        "  - {from: a, to: b, rate: 100G}\n"
        "  - {from: b, to: a, rate: 100G, channel: 191.35 THz, mode: openroadm-100g}\n"
        "  - {from: a, to: b, rate: 100G, spacing: 75 GHz, route: [a, b]}\n"
    )
    first, prescribed, wide = compiled(tmp_path, text).lightpaths
    assert (prescribed.centre_thz, prescribed.mode) == (191.35, "openroadm-100g")
    assert first.centre_thz == 191.4
    assert wide.channel_width == 12


def test_spacing_is_the_modes_unless_it_is_stated(tmp_path: Path) -> None:
    text = LINE + "  - {from: a, to: b, rate: 400G}\n"
    assert compiled(tmp_path, text).lightpaths[0].channel_width == 12
    assert compiled(tmp_path, text, "spectrum.spacing=100 GHz").lightpaths[0].channel_width == 16
    (problem,) = problems(tmp_path, text + "spectrum: {spacing: 50 GHz}\n")
    assert problem.line == 5
    assert "NO_FEASIBLE_BAUDRATE_WITH_SPACING" in problem.message


def test_every_refusal_stands_at_its_entry(tmp_path: Path) -> None:
    text = LINE + (
        "  - {from: a, to: b, rate: 100G}\n"
        "  - {from: a, to: b, rate: 9T}\n"
        "  - {from: b, to: c, rate: 100G, mode: 400xr}\n"
        "  - {from: b, to: c, rate: 800G, mode: 400zr}\n"
    )
    found = {problem.line: problem.message for problem in problems(tmp_path, text)}
    assert set(found) == {6, 7, 8}
    assert "NO_FEASIBLE_MODE" in found[6]
    assert "there is no mode '400xr'" in found[7]
    assert "MODE_NOT_FEASIBLE" in found[8]


def test_exhausted_spectrum_is_named_once_for_parallel_lightpaths(tmp_path: Path) -> None:
    text = LINE + (
        "  - {from: a, to: c, rate: 100G, count: 90}\n  - {from: a, to: b, rate: 100G, count: 9}\n"
    )
    (problem,) = problems(tmp_path, text)
    assert problem.line == 6
    assert "a-b#7: NO_SPECTRUM" in problem.message


def test_a_mesh_is_refused_once_for_each_reason(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, METRO.replace("100G", "9T"))
    assert problem.message.startswith("tokyo-omiya and 9 more: NO_FEASIBLE_MODE: ")


RATES = ("100G", "200G", "300G", "400G", "800G")
SITES = ("tokyo", "omiya", "chiba", "yokohama", "hachioji")
ENTRY = st.builds(
    lambda ends, rate, count: {"from": ends[0], "to": ends[1], "rate": rate, "count": count},
    st.permutations(SITES),
    st.sampled_from(RATES),
    st.integers(1, 4),
)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.lists(ENTRY, max_size=12))
def test_whatever_is_lit_keeps_its_margin_and_its_spectrum(entries: list[dict[str, Any]]) -> None:
    data = {
        "name": "any",
        "network": "tokyo-metro",
        "sites": dict.fromkeys(SITES, 1),
        "lightpaths": entries,
    }
    scenario = make_scenario(data)
    plan = compile_plan(scenario, network_of(scenario))
    assert len(plan.lightpaths) == sum(entry["count"] for entry in entries)
    assert len(plan.lightpath_by_id) == len(plan.lightpaths)
    assert no_clash(plan)
    assert all(path.qot["margin_db"] >= 0 for path in plan.lightpaths)
    for site in SITES:
        ends = [path.end(site) for path in plan.lightpaths if site in (path.a.site, path.b.site)]
        assert [end.line_port for end in ends] == list(range(1, len(ends) + 1))


def test_neighbours_without_a_fibre_between_them(tmp_path: Path) -> None:
    text = LINE.replace("b: , c", "c") + "  - {mesh: neighbours, rate: 100G}\n"
    (problem,) = problems(tmp_path, text)
    assert problem.line == 5
    assert "no fibre joins" in problem.message


RING = """\
name: ring
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links:
    - {a: a, b: b, km: 50, srlgs: [bridge]}
    - {a: b, b: c, km: 60}
    - {a: c, b: d, km: 70, srlgs: [bridge]}
    - {a: d, b: a, km: 80}
sites: {a: , b: , c: , d: }
lightpaths:
"""


@pytest.mark.parametrize("protection", ["1+1", "1:1", "1+1+restoration"])
def test_a_protecting_path_is_disjoint_and_has_ports_of_its_own(
    tmp_path: Path, protection: str
) -> None:
    text = RING + (
        f"  - {{from: a, to: c, rate: 100G, protection: {protection}, priority: 3}}\n"
        "  - {from: a, to: b, rate: 100G}\n"
    )
    plan = compiled(tmp_path, text)
    working, other = plan.lightpaths
    protecting = working.protecting
    assert protecting is not None
    assert (working.protection, working.priority) == (protection, 3)
    assert working.route == ("a", "b", "c")
    assert protecting.route == ("a", "d", "c")
    assert protecting.id == "a-c/protection"
    for site in "ac":
        one, two = working.end(site), protecting.end(site)
        assert one.client_port == two.client_port
        assert (one.line_port, two.line_port) == (1, 2)
        assert one.add_drop_port != two.add_drop_port
    assert other.a.line_port == 3
    assert other.protecting is None
    assert {site.id: site.transponders for site in plan.sites} == {"a": 3, "b": 1, "c": 2, "d": 0}
    fibres_ns = sum(plan.fibre_by_id[fibre].delay_ns for fibre in protecting.fibres)
    assert protecting.drop_delay_ns + fibres_ns == protecting.latency.total_ns


def test_a_pair_that_does_not_exist_names_what_every_route_needs(tmp_path: Path) -> None:
    entry = "  - {from: a, to: c, rate: 100G, protection: 1+1}\n"
    (problem,) = problems(tmp_path, LINE + entry)
    assert "a-c: NO_PATH: no node-disjoint pair" in problem.message
    assert "every route needs a-b, b-c, b" in problem.message
    srlg = entry.replace("1+1", "1+1, disjoint: srlg")
    (problem,) = problems(tmp_path, RING + srlg)
    assert "every route needs bridge; there is a link-disjoint and a node-disjoint one" in str(
        problem
    )


def test_transponders_are_built_as_stated_and_limit_the_lightpaths(tmp_path: Path) -> None:
    text = RING.replace("a: , b", "a: {transponders: 3}, b")
    one = "  - {from: a, to: c, rate: 100G, protection: 1+1}\n"
    assert compiled(tmp_path, text + one).site_by_id["a"].transponders == 3
    (problem,) = problems(tmp_path, text + one * 2)
    assert problem.line == 12
    assert "NO_TRANSPONDER: a has 3 transponders, 2 are in use, 2 are needed" in problem.message


def test_control_parameters_come_from_the_preset_and_what_is_given(tmp_path: Path) -> None:
    assert compiled(tmp_path, METRO).control == ControlParameters()
    text = METRO + "control: {setup: cold, wss: 1 s, revertive: true, wait_to_restore: 2 s}\n"
    control = compiled(tmp_path, text).control
    assert (control.tuning_ns, control.wss_ns) == (80 * 10**9, 10**9)
    assert control.revertive
    assert control.wait_to_restore_ns == 2 * 10**9


def test_the_sums_of_the_presets_are_what_their_sources_say() -> None:
    sums = {name: round(sum(steps), 6) for name, steps in SETUPS.items()}
    assert sums == {"instant": 0, "hot": 0.05, "noise-loaded": 8, "cold": 137}


def test_servers_of_two_sites_may_not_share_a_name(tmp_path: Path) -> None:
    text = """\
name: names
network: {nodes: [{id: a}, {id: a1}], links: [{a: a, b: a1, km: 5}]}
sites:
  a: 12
  a1: 2
lightpaths:
  - {mesh: full, rate: 100G}
"""
    (problem,) = problems(tmp_path, text)
    assert problem.line == 5
    assert "a11" in problem.message
    assert len(compiled(tmp_path, text.replace("12", "9")).servers) == 11
