"""Gaps and the controller's words, each counted for the event before it."""

from pathlib import Path

import pytest

from apn_emu.engine import running
from apn_emu.results.outages import event_records
from apn_emu.scenario.loading import load_scenario, network_of

SCENARIO = """
name: two
network:
  nodes: [{id: a}, {id: b}, {id: c}]
  links: [{a: a, b: b, km: 100}, {a: b, b: c, km: 50}, {a: c, b: a, km: 60}]
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G, route: [a, b], protection: restoration}]
control: {detection: 1 ms, management_delay: 1 ms, computing: 5 ms}
events:
  - {at: 1 s, cut: a-b}
  - {at: 2 s, repair: a-b}
  - {at: 9 s, cut: a-b}
"""


@pytest.fixture
def plan(tmp_path: Path):
    file = tmp_path / "two.yaml"
    file.write_text(SCENARIO)
    scenario = load_scenario(file)
    return running.prepare(scenario, network_of(scenario))


def gap(begin_s: float, end_s: float | None, missing: int = 7):
    return ("probe", "a", "b", begin_s, end_s, missing, 1e-4)


def restored(at_s: float):
    told = {"event": "restored", "subject": "a-b", "path": "a-b", "route": ["a", "c", "b"]}
    return {"at_s": at_s, **told}


def test_without_a_restoration_the_plan_waits_for_the_repair(plan):
    cut, repair, last = event_records(plan, [gap(1.0002, 2.0003)], [], 5.0)
    (outage,) = cut.outages
    assert outage.planned_s == pytest.approx(1.0)
    assert outage.measured_s == pytest.approx(1.0)
    assert outage.recovered_s == pytest.approx(1.0003)
    assert {(d.path, d.site) for d in cut.darkness} == {("a-b", "a"), ("a-b", "b")}
    assert (repair.outages, repair.darkness, repair.note) == ((), (), "")
    assert last.note == "not reached: the workloads had ended"
    assert last.darkness == ()


def test_a_restoration_is_planned_by_its_steps_and_its_route(plan):
    cut, *_ = event_records(plan, [gap(1.0002, 1.015)], [restored(1.0161)], 5.0)
    (outage,) = cut.outages
    light_ns = sum(plan.fibre_by_id[fibre].delay_ns for fibre in ("c-a", "b-c"))
    assert outage.planned_s == pytest.approx(1e-3 + 8e-3 + 5e-3 + light_ns / 1e9, abs=1e-9)
    (action,) = cut.actions
    assert (action.kind, action.lightpath, action.text) == ("restored", "a-b", "a-b over a-c-b")
    assert action.after_s == pytest.approx(0.0161)


def test_what_happens_before_any_event_is_nobodys(plan):
    early = {"event": "switched", "at_s": 0.5, "subject": "x", "site": "a", "path": "x"}
    events = event_records(plan, [gap(0.1, 0.2)], [early], 5.0)
    assert all(not event.outages and not event.actions for event in events)


def test_no_packet_any_more(plan):
    cut, *_ = event_records(plan, [gap(1.0, None)], [], 5.0)
    assert (cut.outages[0].measured_s, cut.outages[0].recovered_s) == (None, None)


def test_packets_that_waited_in_a_queue_are_no_outage(plan):
    cut, *_ = event_records(plan, [gap(1.0002, 2.0003), gap(2.5, 2.6, missing=0)], [], 5.0)
    assert len(cut.outages) == 1
    late, *_ = event_records(plan, [gap(1.0002, 2.0003, missing=0)], [], 5.0)
    assert len(late.outages) == 1, "as late as the plan's outage"


def test_extra_loss_is_told_by_the_margins_that_are_left(tmp_path):
    file = tmp_path / "two.yaml"
    degrade = "  - {at: 1 s, degrade: a-b, loss: 30 dB, only_from: a}\n"
    file.write_text(SCENARIO.partition("events:")[0] + "events:\n" + degrade)
    scenario = load_scenario(file)
    (event,) = event_records(running.prepare(scenario, network_of(scenario)), [], [], 5.0)
    assert event.note.startswith("margins from -")
    assert event.darkness == ()
