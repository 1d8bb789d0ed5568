"""Faults seen by probe packets: everything that is lost, and nothing else, to the microsecond."""

import json
from collections.abc import Callable

import pytest
import yaml

from apn_emu.control.protection import planned_outage
from apn_emu.engine.running import Run
from apn_emu.planning.compile import compile_plan
from apn_emu.scenario.loading import make_scenario, network_of

pytestmark = pytest.mark.kernel

INTERVAL_S = 20e-6
CLOCK_STEP_S = 256e-9

LINE = """
name: line
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 60}]
sites: {a: , c: {servers: 2}}
lightpaths: [{from: a, to: c, rate: 100G}]
workloads: [{probe: [[a, c], [c/1, c/2]], interval: 20 us, duration: 0.3 s}]
events:
  - {at: 20 ms, cut: a-b, at_distance: 30 km}
  - {at: 50 ms, repair: a-b}
  - {at: 60 ms, cut: b-c, only_from: b}
  - {at: 70 ms, repair: b-c}
  - {at: 80 ms, amplifier-failure: a-b, amplifier: 2, only_from: b}
  - {at: 90 ms, repair: a-b}
  - {at: 100 ms, node-failure: c}
  - {at: 130 ms, repair: c}
  - {at: 150 ms, degrade: a-b, loss: 25.9 dB, only_from: a}
  - {at: 250 ms, repair: a-b}
  - {at: 9 s, cut: a-b}
"""


def test_outages_are_those_of_the_plan(run: Callable[..., Run]) -> None:
    done = run(LINE)
    events = done.result.events
    assert [len(event.darkness) for event in events[:7]] == [2, 0, 1, 0, 1, 0, 2]
    assert events[-1].note == "not reached: the workloads had ended"
    outages = [(event, outage) for event in events for outage in event.outages]
    between = [(e.kind, o) for e, o in outages if {o.source, o.destination} == {"a", "c"}]
    # What a degraded fibre has lost may be missed after its repair.
    cuts = [outage for kind, outage in between if kind not in ("degrade", "repair")]
    assert [round(outage.planned_s * 1e3) for outage in cuts] == [30, 30, 10, 10, 30, 30]
    for outage in cuts:
        assert outage.measured_s == pytest.approx(outage.planned_s, abs=INTERVAL_S + CLOCK_STEP_S)
        assert outage.missing == pytest.approx(outage.planned_s / INTERVAL_S, abs=1.1)
    # The first is seen by c after 70 km and b-c, by a after 30 km.
    path, fibres = done.plan.lightpaths[0], done.plan.fibre_by_id
    after_cut_ns = {
        "c": 0.7 * fibres["a-b"].delay_ns + fibres["b-c"].delay_ns,
        "a": 0.3 * fibres["a-b"].delay_ns,
    }
    for outage in cuts[:2]:
        expected_ns = after_cut_ns[outage.destination] + path.drop_delay_ns
        assert outage.recovered_s * 1e9 == pytest.approx(30e6 + expected_ns, abs=2e9 * INTERVAL_S)
    (failure,) = [event for event in events if event.kind == "node-failure"]
    local = {(o.source, o.destination): o for o in failure.outages}["c", "c/2"]
    assert local.measured_s == pytest.approx(0.03, abs=2 * INTERVAL_S)  # cut off from each other
    # What c saw while it was down it tells when it is back.
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    at_c = [(e["at_s"], e["raised"]) for e in told if e["subject"] == "a-c at c"]
    late = [(at_s, raised) for at_s, raised in at_c if 0.1 < at_s < 0.15]
    assert [raised for _, raised in late] == [True, False]
    assert [at_s for at_s, _ in late] == pytest.approx([0.131, 0.141], abs=1e-4)
    (degraded,) = [event for event in done.plan.events if event["kind"] == "degrade"]
    share = degraded["quality"]["a-c"]["c"]["frame_loss"]
    lost = {(m.source, m.destination): m for m in done.result.measurements if m.metric == "lost"}
    in_cuts = 0.07 / INTERVAL_S
    sent = 0.1 / INTERVAL_S
    assert 0.05 < share < 0.2
    spread = 5 * (sent * share * (1 - share)) ** 0.5
    assert lost["a", "c"].value == pytest.approx(in_cuts + sent * share, abs=spread)
    assert lost["c", "a"].value == pytest.approx(in_cuts, abs=6)


RING = """
name: ring
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 60}, {a: c, b: d, km: 120}, {a: d, b: a, km: 200}]
sites: {a: , c: }
lightpaths: [{from: a, to: c, rate: 100G, protection: 1+1}]
control: {detection: 2 ms, hold_off: 1 ms, switching: 3 ms}
workloads: [{probe: all-pairs, interval: 20 us, duration: 0.28 s}]
events:
  - {at: 20 ms, cut: a-b, at_distance: 1 km}
  - {at: 50 ms, repair: a-b}
  - {at: 70 ms, cut: d-a, at_distance: 150 km}
  - {at: 100 ms, repair: d-a}
  - {at: 120 ms, cut: b-c, only_from: b}
  - {at: 150 ms, repair: b-c}
  - {at: 170 ms, node-failure: b}
  - {at: 200 ms, repair: b}
  - {at: 220 ms, degrade: c-d, loss: 40 dB, only_from: d}
  - {at: 240 ms, cut: d-a}
"""


def test_one_plus_one_switches_in_time_and_never_brings_a_packet_twice(
    run: Callable[..., Run],
) -> None:
    done = run(RING)
    rows = {(m.source, m.metric): m.value for m in done.result.measurements}
    assert rows["a", "duplicates"] == rows["c", "duplicates"] == 0
    outages = {
        (event.at_s, outage.destination): (event, outage)
        for event in done.result.events
        for outage in event.outages
    }
    # Neither end goes back by itself; a cut of one direction is no matter to the other end.
    assert sorted(at_s for at_s, site in outages if site == "c") == [0.02, 0.07, 0.12, 0.22]
    assert sorted(at_s for at_s, site in outages if site == "a") == [0.02, 0.07, 0.17, 0.24]
    control, lightpath = done.plan.control, done.plan.lightpaths[0]
    for event, outage in outages.values():
        assert outage.measured_s == pytest.approx(0.006, abs=2 * INTERVAL_S)
        if event.kind == "degrade":
            continue
        assert outage.planned_s == 0.006
        (dark_us,) = {
            record.propagation_us for record in event.darkness if record.site == outage.destination
        }
        planned = planned_outage(control, lightpath, round(dark_us * 1e3))
        expected_s = (planned.total_ns + lightpath.drop_delay_ns) / 1e9
        assert outage.recovered_s == pytest.approx(expected_s, abs=2 * INTERVAL_S)


CONTROLLED = """
name: controlled
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 60}, {a: c, b: d, km: 120}, {a: d, b: a, km: 200}]
sites: {a: , b: , c: , d: }
lightpaths:
  - {from: a, to: c, rate: 100G, protection: restoration, route: [a, b, c]}
  - {from: b, to: d, rate: 100G, protection: 1:1}
control: {detection: 2 ms, management_delay: 0.5 ms, computing: 6 ms}
workloads: [{probe: [[a, c], [b, d]], interval: 20 us, duration: 0.28 s}]
events:
  - {at: 20 ms, cut: b-c, at_distance: 10 km}
  - {at: 100 ms, cut: c-d, only_from: d}
  - {at: 150 ms, repair: b-c}
"""


def test_the_controller_restores_and_says_what_it_cannot(run: Callable[..., Run]) -> None:
    done = run(CONTROLLED)
    cut, second, repair = done.result.events
    outages = {(outage.source, outage.destination): outage for outage in cut.outages}
    for source, destination in (("a", "c"), ("c", "a"), ("b", "d"), ("d", "b")):
        outage = outages[source, destination]
        assert outage.measured_s == pytest.approx(outage.planned_s, abs=100e-6)
    # Detection, 8 ways between agents and controller, 6 ms of computing, light over 320 km; for b-d
    # 2 ways, and 300 km.
    assert outages["a", "c"].planned_s == pytest.approx(2e-3 + 4e-3 + 6e-3 + 1.57e-3, abs=1e-5)
    assert outages["b", "d"].planned_s == pytest.approx(2e-3 + 1e-3 + 1.47e-3, abs=1e-3)
    did = [(action.lightpath, action.kind) for action in cut.actions]
    assert ("a-c", "restored") in did
    assert ("b-d", "switched") in did
    ((blocked,), (back,)) = [
        [action for action in event.actions if action.lightpath == "a-c"]
        for event in (second, repair)
    ]
    assert blocked.kind == "not-restored"
    assert blocked.text == "a-c: no route from a to c satisfies the constraints (0 routes seen)"
    assert (back.kind, back.text) == ("restored", "a-c over a-b-c")
    (dark,) = [o for o in second.outages if o.measured_s is not None]
    assert (dark.source, dark.destination) == ("a", "c")
    # Tried again when the ROADM has seen light on the repaired fibre.
    assert dark.recovered_s == pytest.approx(0.05 + 2e-3 + 4e-3 + 6e-3 + 0.79e-3, abs=1e-3)
    assert {m.value for m in done.result.measurements if m.metric == "duplicates"} == {0}
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    alarms = [
        (event["subject"], event["alarm"], event["raised"])
        for event in told
        if event["event"] == "alarm"
    ]
    for place in ("b-c from b", "b-c from c"):
        assert [a[1:] for a in alarms if a[0] == place] == [("OMS-LOS", True), ("OMS-LOS", False)]
    assert [a[1:] for a in alarms if a[0] == "c-d from d"] == [("OMS-LOS", True)]
    assert [a[1:] for a in alarms if a[0] == "b-d at d"] == [("LOS", True), ("LOS", False)]


SKEWED = """
name: skewed
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 50}, {a: b, b: c, km: 700}, {a: c, b: a, km: 800}]
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G, protection: 1+1}]
control: {detection: 1 ms, switching: 1 ms, revertive: true, wait_to_restore: 30 ms}
workloads: [{probe: all-pairs, interval: 20 us, duration: 0.15 s}]
events:
  - {at: 20 ms, cut: a-b}
  - {at: 60 ms, repair: a-b}
"""


def test_a_longer_standby_path_brings_what_was_lost_and_nothing_twice(
    run: Callable[..., Run],
) -> None:
    first, second = run(SKEWED), run(SKEWED)
    assert first.result.events == second.result.events
    assert first.result.measurements == second.result.measurements
    rows = {(m.source, m.metric): m.value for m in first.result.measurements}
    assert rows["a", "duplicates"] == rows["b", "duplicates"] == 0
    cut, repair = first.result.events
    (lightpath,) = first.plan.lightpaths
    skew_s = (lightpath.protecting.latency.total_ns - lightpath.latency.total_ns) / 1e9
    assert skew_s > 0.007
    for outage in cut.outages:
        assert outage.measured_s == pytest.approx(skew_s, abs=2 * INTERVAL_S)
        assert outage.missing <= 1, "the standby copy was so late that it brings all"
    # Back on the short path, what is still under way on the long one is lost.
    for outage in repair.outages:
        assert outage.planned_s == 0.001
        assert outage.measured_s == pytest.approx(0.001, abs=2 * INTERVAL_S)
        assert outage.missing * INTERVAL_S == pytest.approx(0.001 + skew_s, abs=2 * INTERVAL_S)
        assert outage.recovered_s == pytest.approx(0.001 + 0.03 + 0.001, abs=0.001)
    assert len(cut.outages) == len(repair.outages) == 2


ON_DEMAND = """
name: on-demand
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 60}]
sites: {a: {transponders: 1}, c: {transponders: 1}}
lightpaths: []
workloads:
  - {lightpath: create, id: one, from: a, to: c}
  - {probe: [[a, c]], interval: 20 us, start: 100 ms, duration: 100 ms, name: degraded}
  - {probe: [[a, c]], interval: 20 us, start: 250 ms, duration: 20 ms, name: repaired}
  - {lightpath: delete, id: one, start: 350 ms}
  - {lightpath: create, id: two, from: a, to: c}
  - {probe: [[a, c]], interval: 20 us, start: 450 ms, duration: 100 ms, name: degraded-before}
events:
  - {at: 90 ms, degrade: a-b, loss: 25.9 dB, only_from: a}
  - {at: 240 ms, repair: a-b}
  - {at: 300 ms, degrade: a-b, loss: 25.9 dB, only_from: a}
"""


def test_extra_loss_reaches_lightpaths_on_demand(run: Callable[..., Run]) -> None:
    done = run(ON_DEMAND)
    lost = {(m.kind, m.source): m.value for m in done.result.measurements if m.metric == "loss"}
    for kind in ("degraded", "degraded-before"):
        assert lost[kind, "a"] == pytest.approx(0.11, abs=0.05)
        assert lost[kind, "c"] == 0
    assert lost["repaired", "a"] == lost["repaired", "c"] == 0
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    alarms = [(e["alarm"], e["raised"]) for e in told if e["event"] == "alarm"]
    assert alarms.count(("DEG", True)) == 3  # the first lightpath twice, the second at once


DEGRADED = """
name: degraded
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 60}, {a: c, b: d, km: 10}, {a: d, b: a, km: 10}]
sites: {a: , c: }
lightpaths: [{from: a, to: c, rate: 100G, protection: restoration}]
control: {detection: 2 ms, computing: 1 ms}
workloads: [{probe: [[a, c]], interval: 20 us, start: 0.1 s, duration: 0.4 s}]
events:
  - {at: 50 ms, degrade: a-b, loss: 25.9 dB, only_from: a}
  - {at: 60 ms, cut: d-a}
  - {at: 200 ms, repair: a-b}
  - {at: 350 ms, degrade: a-b, loss: 25.9 dB, only_from: a}
"""


def test_extra_loss_harms_what_is_restored_over_it_before_and_after(
    run: Callable[..., Run],
) -> None:
    done = run(DEGRADED)
    there = yaml.safe_load(DEGRADED.replace("restoration", "none, route: [a, b, c]"))
    scenario = make_scenario(there)
    planned = compile_plan(scenario, network_of(scenario)).events[0]["quality"]["a-c"]["c"]
    lost = {m.source: m.value for m in done.result.measurements if m.metric == "lost"}
    sent, share = 0.25 / INTERVAL_S, planned["frame_loss"]
    assert 0.05 < share < 0.2
    spread = 5 * (sent * share * (1 - share)) ** 0.5
    assert lost["a"] == pytest.approx(sent * share, abs=spread)
    assert lost["c"] == 0
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    alarms = [(event["at_s"], event["raised"]) for event in told if event.get("alarm") == "DEG"]
    assert [raised for _, raised in alarms] == [True, False, True]
    # The light's way, the detection and the management network after each change.
    assert [at_s for at_s, _ in alarms[1:]] == pytest.approx([0.2038, 0.3538], abs=1e-4)


FAR = """
name: far
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links: [{a: a, b: b, km: 1500}, {a: b, b: c, km: 50}, {a: b, b: d, km: 60}, {a: d, b: c, km: 60}]
sites: {a: , c: }
lightpaths: [{from: a, to: c, rate: 100G, protection: restoration}]
control: {detection: 2 ms, computing: 6 ms}
workloads: [{probe: [[a, c]], interval: 20 us, duration: 0.1 s}]
events:
  - {at: 20 ms, cut: b-c}
"""


def test_frames_under_way_do_not_follow_a_path_that_moves(run: Callable[..., Run]) -> None:
    (cut,) = run(FAR).result.events
    assert [action.text for action in cut.actions] == ["a-c over a-b-d-c"]
    assert sorted(outage.destination for outage in cut.outages) == ["a", "c"], "one each way"
    for outage in cut.outages:
        assert outage.measured_s == pytest.approx(outage.planned_s, abs=100e-6)
