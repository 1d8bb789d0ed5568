"""Events resolved against the network, and what the plan says they do."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.engine import running
from apn_emu.errors import InputError
from apn_emu.planning.forecast import Outage, outages, transitions
from apn_emu.scenario.loading import load_scenario, network_of

RING = """
name: ring
network:
  nodes:
    - {id: a, lat: 35, lon: 135}
    - {id: b, lat: 35, lon: 136}
    - {id: c, lat: 36, lon: 136}
    - {id: d, lat: 36, lon: 135}
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 120}, {a: c, b: d, km: 100}, {a: d, b: a, km: 60}]
sites: {a: , b: , c: }
lightpaths:
  - {from: a, to: b, rate: 100G, protection: PROTECTION}
  - {from: a, to: c, rate: 100G, route: [a, b, c]}
control: {detection: 2 ms, hold_off: 1 ms, switching: 3 ms}
events:
"""


def plan_of(folder: Path, *events: str, protection: str = "none"):
    file = folder / "ring.yaml"
    lines = "".join(f"  - {event}\n" for event in events)
    file.write_text(RING.replace("PROTECTION", protection) + lines)
    scenario = load_scenario(file)
    return running.prepare(scenario, network_of(scenario))


def test_a_cut_has_two_directions_each_with_its_distance(tmp_path):
    (event,) = plan_of(tmp_path, "{at: 1 s, cut: a-b, at_distance: 30 km}").events
    assert event["fibres"] == [["a-b", "a", 30e3], ["a-b", "b", 70e3]]
    (event,) = plan_of(tmp_path, "{at: 1 s, cut: a-b, only_from: b}").events
    assert event["fibres"] == [["a-b", "b", 50e3]]
    assert event["target"] == "a-b from b"


def test_an_amplifier_stands_at_the_end_of_a_span(tmp_path):
    (event,) = plan_of(tmp_path, "{at: 1 s, amplifier-failure: b-c, amplifier: 2}").events
    assert event["fibres"] == [["b-c", "b", 60e3], ["b-c", "c", 60e3]]
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, "{at: 1 s, amplifier-failure: b-c, amplifier: 4}")
    assert "b-c has amplifiers at 3 sites, not 4" in str(caught.value)
    assert "events.0.amplifier-failure" in str(caught.value)


def test_a_node_stops_light_into_it_and_out_of_it(tmp_path):
    (event,) = plan_of(tmp_path, "{at: 1 s, node-failure: b}").events
    assert event["nodes"] == ["b"]
    assert event["fibres"] == [
        ["a-b", "a", 100e3],
        ["a-b", "b", 0.0],
        ["b-c", "b", 0.0],
        ["b-c", "c", 120e3],
    ]


def test_a_repair_mends_what_bears_its_name_and_nothing_else(tmp_path):
    cut, region = "{at: 1 s, cut: c-d}", "{at: 2 s, region-failure: a, radius: 20 km, name: quake}"
    events = plan_of(
        tmp_path, cut, region, "{at: 3 s, repair: quake}", "{at: 4 s, repair: c-d}"
    ).events
    assert events[1]["nodes"] == ["a"]
    assert events[2]["nodes"] == ["a"]
    assert events[2]["fibres"] == events[1]["fibres"]
    assert events[3]["fibres"] == events[0]["fibres"]


def test_a_repair_of_what_works_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        plan_of(tmp_path, "{at: 2 s, cut: a-b}", "{at: 1 s, repair: a-b}")
    (problem,) = caught.value.problems
    assert problem.message == "nothing of a-b has failed by then"
    assert (problem.key, problem.line) == ("events.1.repair", 17)


def test_events_stand_in_the_order_of_their_time(tmp_path):
    events = plan_of(tmp_path, "{at: 2 s, repair: a-b}", "{at: 1 s, cut: a-b}").events
    assert [event["kind"] for event in events] == ["cut", "repair"]


def test_a_region_cuts_what_passes_it(tmp_path):
    (event,) = plan_of(tmp_path, "{at: 1 s, region-failure: [35, 135.5], radius: 20 km}").events
    assert event["nodes"] == []
    assert [(fibre, source) for fibre, source, _ in event["fibres"]] == [("a-b", "a"), ("a-b", "b")]
    assert event["fibres"][0][2] == pytest.approx(50e3, abs=10)


def test_extra_loss_reaches_only_who_receives_behind_it(tmp_path):
    degrade, repair = plan_of(
        tmp_path,
        "{at: 1 s, degrade: a-b, loss: 30 dB, only_from: a}",
        "{at: 2 s, repair: a-b}",
    ).events
    assert degrade["fibres"] == []
    assert degrade["degraded"] == [["a-b", "a"]]
    (worse,) = degrade["quality"]["a-b"].values()
    (sound,) = repair["quality"]["a-b"].values()
    assert worse["margin_db"] < 0 < sound["margin_db"]
    assert (worse["frame_loss"], sound["frame_loss"]) == (1.0, 0.0)
    assert [set(ends) for ends in degrade["quality"].values()] == [{"b"}, {"c"}]
    assert repair["degraded"] == [["a-b", "a"]]


def test_light_is_missed_when_the_darkness_arrives(tmp_path):
    plan = plan_of(tmp_path, "{at: 1 s, cut: a-b, at_distance: 30 km}")
    fibre, onward = plan.fibre_by_id["a-b"], plan.fibre_by_id["b-c"]
    seen = {t.receiver: t.at_ns - 10**9 for t in transitions(plan)}
    assert seen == {
        ("a-b", "b"): round(fibre.delay_ns * 0.7),
        ("a-b", "a"): round(fibre.delay_ns * 0.3),
        ("a-c", "c"): round(fibre.delay_ns * 0.7) + onward.delay_ns,
        ("a-c", "a"): round(fibre.delay_ns * 0.3),
    }


def test_an_unprotected_client_waits_for_the_repair(tmp_path):
    plan = plan_of(tmp_path, "{at: 1 s, cut: a-b}", "{at: 3 s, repair: a-b}", "{at: 9 s, cut: b-c}")
    lasting = {
        (o.event, o.lightpath, o.site): o.end_ns and o.end_ns - o.begin_ns for o in outages(plan)
    }
    assert lasting == {
        (0, "a-b", "a"): 2 * 10**9,
        (0, "a-b", "b"): 2 * 10**9,
        (0, "a-c", "a"): 2 * 10**9,
        (0, "a-c", "c"): 2 * 10**9,
        (2, "a-c", "a"): None,
        (2, "a-c", "c"): None,
    }


def test_one_plus_one_is_out_for_detection_hold_off_and_switching(tmp_path):
    plan = plan_of(tmp_path, "{at: 1 s, cut: a-b}", protection="1+1")
    fibre = plan.fibre_by_id["a-b"]
    begin_ns = 10**9 + fibre.delay_ns - round(fibre.delay_ns / 2)
    assert [o for o in outages(plan) if o.lightpath == "a-b"] == [
        Outage(0, "a-b", site, begin_ns, begin_ns + 6_000_000) for site in ("a", "b")
    ]


def test_a_gap_that_is_too_short_to_be_detected_is_just_a_gap(tmp_path):
    plan = plan_of(tmp_path, "{at: 1 s, cut: a-b}", "{at: 1.001 s, repair: a-b}", protection="1+1")
    assert {o.end_ns - o.begin_ns for o in outages(plan) if o.end_ns} == {1_000_000}


def test_both_paths_cut_means_out_until_one_is_mended(tmp_path):
    plan = plan_of(
        tmp_path,
        *("{at: 1 s, cut: a-b}", "{at: 2 s, cut: c-d}", "{at: 3 s, repair: c-d}"),
        protection="1+1",
    )
    lasting = [
        (o.event, o.end_ns and o.end_ns - o.begin_ns) for o in outages(plan) if o.lightpath == "a-b"
    ]
    assert lasting == [(0, 6_000_000), (1, 10**9)] * 2


def test_the_controller_helps_a_1_to_1_lightpath_only_when_its_other_way_has_light(tmp_path):
    both = ("{at: 1 s, cut: a-b}", "{at: 1 s, cut: c-d}", "{at: 2 s, repair: a-b}")
    for events, lasting_ns in ((both[:1], 10**7), (both, 10**9)):
        plan = plan_of(tmp_path, *events, protection="1:1")
        of_ab = [o for o in outages(plan) if o.lightpath == "a-b"]
        assert len(of_ab) == 2
        for outage in of_ab:
            assert outage.end_ns - outage.begin_ns == pytest.approx(lasting_ns, rel=0.5)


@pytest.fixture(scope="module")
def protected(tmp_path_factory):
    return plan_of(tmp_path_factory.mktemp("ring"), "{at: 1 s, cut: a-b}", protection="1+1")


FAULT = st.tuples(
    st.sampled_from([("a-b", "a", 1e4), ("a-b", "b", 9e4), ("b-c", "c", 6e4), ("d-a", "d", 0.0)]),
    st.integers(1, 100),
    st.integers(1, 100),
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(FAULT, max_size=8))
def test_outages_never_overlap_and_all_end_when_all_is_mended(protected, faults):
    happens = sorted(
        (moment_ms, kind, list(stop))
        for stop, begin_ms, lasting_ms in faults
        for moment_ms, kind in ((begin_ms, "cut"), (begin_ms + lasting_ms, "repair"))
    )
    events = tuple(
        {"at_s": moment_ms / 1e3, "kind": kind, "target": stop[0], "fibres": [stop]}
        for moment_ms, kind, stop in happens
    )
    by_client = {}
    for outage in outages(replace(protected, events=events)):
        assert outage.end_ns is not None
        assert outage.begin_ns < outage.end_ns
        assert events[outage.event]["at_s"] * 1e9 <= outage.end_ns
        of_client = by_client.setdefault((outage.lightpath, outage.site), [])
        assert not of_client or of_client[-1].end_ns <= outage.begin_ns
        of_client.append(outage)
    if not faults:
        assert by_client == {}


def test_restorations_of_one_failure_are_computed_together(tmp_path):
    plan = plan_of(tmp_path, "{at: 1 s, cut: a-b, at_distance: 90 km}", protection="restoration")
    far = replace(plan.lightpaths[1], protection="restoration")
    plan = replace(plan, lightpaths=(plan.lightpaths[0], far))
    routes = {(0, "a-b"): ("a", "d", "c", "b"), (0, "a-c"): ("a", "d", "c")}
    fibres = {name: fibre.delay_ns for name, fibre in plan.fibre_by_id.items()}
    way_ns = {"a-b": fibres["d-a"] + fibres["c-d"] + fibres["b-c"]}
    way_ns["a-c"] = fibres["d-a"] + fibres["c-d"]
    first_ns = min(outage.begin_ns for outage in outages(plan))  # b is 10 km from the cut
    assert len({outage.begin_ns for outage in outages(plan)}) == 3
    control = plan.control
    steps_ns = 8 * control.management_delay_ns + control.computing_ns
    open_ns = first_ns + control.detection_ns + control.hold_off_ns + steps_ns
    ends = {(o.lightpath, o.site): o.end_ns for o in outages(plan, routes)}
    assert ends == {
        (name, site): open_ns + way_ns[name] for name in way_ns for site in name.split("-")
    }
