"""Failures, protection, restoration and the way back, in the world of model switches."""

from __future__ import annotations

from typing import Any

import pytest

from apn_emu.control.batches import Message
from apn_emu.control.requests import LightpathStatus
from apn_emu.control.transponders import AlarmKind, FibreAlarm, PathAlarm, Tune
from tests.control.world import MS, S, World, plan_of


def one(source: str, destination: str, protection: str, **more: Any) -> dict[str, Any]:
    return {"from": source, "to": destination, "rate": "100G", "protection": protection, **more}


def status(world: World, name: str) -> LightpathStatus:
    return world.service.get(name)


def test_without_protection_it_stays_dark_until_the_repair() -> None:
    world = World(plan_of(one("a", "b", "none"), one("a", "d", "none")))
    world.fail("a-b")
    world.pass_time(S)
    assert status(world, "a-b").operational == "DISABLED"
    assert status(world, "a-d").operational == "ENABLED"
    kinds = [(a.kind, a.resource, a.lightpaths) for a in world.service.alarms]
    assert kinds == [
        ("OMS-LOS", "a-b from a", ("a-b",)),
        ("OMS-LOS", "a-b from b", ("a-b",)),
        ("LOS", "a-b at a", ("a-b",)),
        ("LOS", "a-b at b", ("a-b",)),
    ]
    world.repair("a-b")
    world.pass_time(S)
    assert status(world, "a-b").operational == "ENABLED"
    assert not world.service.alarms
    assert [e.data["raised"] for e in world.told("alarm", "a-b at a")] == [True, False]
    world.assert_in_order()


def test_restoration_takes_hold_off_and_computing_and_a_new_route() -> None:
    world = World(plan_of(one("a", "b", "restoration"), hold_off="20 ms", computing="30 ms"))
    world.fail("a-b")
    world.pass_time(50 * MS - 1)
    assert not any(isinstance(item, Tune) for item in world.log)
    world.pass_time(1)
    (restored,) = world.told("restored")
    assert restored.at_ns == 50 * MS
    now = status(world, "a-b")
    assert now.operational == "ENABLED"
    assert now.lightpath.route == ("a", "d", "c", "b")
    assert now.lightpath.a.line_port == 1
    assert not now.restored  # not revertive: that is its route now
    world.assert_in_order()
    world.repair("a-b")
    world.pass_time(1000 * S)
    assert status(world, "a-b").lightpath.route == ("a", "d", "c", "b")
    world.assert_in_order()


def test_restoration_takes_the_steps_of_a_set_up() -> None:
    steps = {"tuning": "0 s", "wss": "2 s", "amplifier": "1 s"}
    world = World(plan_of(one("a", "b", "restoration"), **steps))
    world.fail("a-b")
    world.pass_time(3 * S - 1)
    shelf = world.plan.site_by_id["a"].shelf_dpid
    assert not world.tables[shelf]
    world.pass_time(1)
    assert len(world.tables[shelf]) == 2
    world.assert_in_order()


def test_a_failure_that_is_over_within_the_hold_off_moves_nothing() -> None:
    world = World(plan_of(one("a", "b", "restoration"), hold_off="20 ms", computing="30 ms"))
    for passed_ns in (10 * MS, 30 * MS):
        world.fail("a-b")
        world.pass_time(passed_ns)
        world.repair("a-b")
        world.pass_time(S)
    assert not world.told("restored")
    assert status(world, "a-b").operational == "ENABLED"


def test_revertive_restoration_returns_after_the_wait_and_keeps_its_place() -> None:
    world = World(plan_of(one("a", "b", "restoration"), revertive=True, wait_to_restore="5 s"))
    home = status(world, "a-b").lightpath
    world.fail("a-b")
    world.pass_time(S)
    assert status(world, "a-b").restored == ("a-b",)
    world.assert_in_order()
    world.create("x", "a", "b", route=("a", "d", "c", "b"))
    world.pass_time(S)
    world.repair("a-b")
    world.pass_time(3 * S)
    world.fail("a-b")  # again: the wait starts anew
    world.pass_time(S)
    world.repair("a-b")
    world.pass_time(5 * S - 1)
    assert status(world, "a-b").restored == ("a-b",)
    world.pass_time(1)
    assert status(world, "a-b").lightpath == home
    assert status(world, "a-b").restored == ()
    assert world.told("restored")[-1].data["reverted"]
    world.assert_in_order()


def test_a_new_lightpath_does_not_take_the_place_of_one_that_returns() -> None:
    world = World(plan_of(one("a", "b", "restoration"), revertive=True, wait_to_restore="5 s"))
    home = status(world, "a-b").lightpath
    world.fail("a-b")
    world.pass_time(S)
    world.repair("a-b")
    taken = world.create("x", "a", "b")
    assert taken.lightpath.fibres == home.fibres
    assert taken.lightpath.channel_lower >= home.channel_lower + home.channel_width
    world.pass_time(10 * S)
    assert status(world, "a-b").lightpath == home
    world.assert_in_order()


def test_what_cannot_be_restored_says_why_and_is_tried_again() -> None:
    world = World(plan_of(one("a", "e", "restoration")))
    world.fail("c-e")
    world.pass_time(S)
    (event,) = world.told("not-restored")
    assert event.data["code"] == "NO_PATH_WITH_CONSTRAINT"
    assert status(world, "a-e").unrestored["a-e"][0] == "NO_PATH_WITH_CONSTRAINT"
    assert "NOT-RESTORED" in {alarm.kind for alarm in world.service.alarms}
    world.assert_in_order()
    world.fail("a-b")
    world.repair("c-e")  # now dark because of a-b, and that can be helped
    world.pass_time(S)
    assert status(world, "a-e").operational == "ENABLED"
    assert status(world, "a-e").lightpath.route == ("a", "d", "c", "e")
    assert not status(world, "a-e").unrestored
    world.repair("a-b")
    world.pass_time(S)
    assert not world.service.alarms
    world.assert_in_order()


def test_a_restored_lightpath_keeps_its_latency_limit() -> None:
    for limit_us, restored in ((1200.0, True), (900.0, False)):
        world = World(plan_of(one("a", "d", "none")))
        world.create("x", "a", "b", protection="restoration", max_latency_us=limit_us)
        world.settle()
        world.fail("a-b")
        world.pass_time(S)
        assert (status(world, "x").operational == "ENABLED") is restored
        assert bool(world.told("not-restored", "x")) is not restored


def test_an_end_that_cannot_be_reached_is_named() -> None:
    world = World(plan_of(one("a", "b", "restoration")))
    world.lose(world.plan.roadm_by_id["b"].dpid)
    world.fail("a-b")
    world.pass_time(S)
    assert world.told("not-restored")[0].data["code"] == "SWITCH_UNREACHABLE"
    world.connect(world.plan.roadm_by_id["b"].dpid)
    world.pass_time(S)
    assert status(world, "a-b").operational == "ENABLED"
    world.assert_in_order()


def test_light_lost_for_an_unknown_reason_leaves_all_old_links() -> None:
    world = World(plan_of(one("a", "c", "restoration", route=["a", "b", "c"])))
    world.service.notified(PathAlarm(AlarmKind.LOS, "a-c", "c", True), 0)
    world.pass_time(S)
    assert status(world, "a-c").lightpath.route == ("a", "d", "c")
    world.assert_in_order()


def test_learning_where_the_fault_is_helps_at_once() -> None:
    world = World(plan_of(one("a", "e", "restoration")))  # over a-b, b-c, c-e
    for site in "ae":
        world.service.notified(PathAlarm(AlarmKind.LOS, "a-e", site, True), 0)
    world.pass_time(S)
    assert world.told("not-restored")  # e hangs on one link
    world.service.notified(FibreAlarm("b-c", "b", True), world.now_ns)
    world.pass_time(S)
    assert status(world, "a-e").lightpath.route == ("a", "d", "c", "e")
    assert status(world, "a-e").operational == "ENABLED"


def test_light_without_frames_is_a_failure_too() -> None:
    world = World(plan_of(one("a", "c", "restoration", route=["a", "b", "c"])))
    for kind in (AlarmKind.TCA, AlarmKind.DEG):
        world.service.notified(PathAlarm(kind, "a-c", "c", True), 0)
    world.pass_time(S)
    assert status(world, "a-c").operational == "ENABLED"
    world.service.notified(PathAlarm(AlarmKind.LOF, "a-c", "c", True), world.now_ns)
    world.pass_time(S)
    assert status(world, "a-c").lightpath.route == ("a", "d", "c")
    world.assert_in_order()


def test_a_lost_switch_of_a_site_leaves_its_roadm_to_others() -> None:
    world = World(plan_of(one("a", "d", "restoration")))
    for number in (1, 2):
        site = world.plan.sites[number]
        world.lose(site.shelf_dpid)
        world.lose(site.switch_dpid)
    world.fail("d-a")
    world.pass_time(S)
    assert status(world, "a-d").lightpath.route == ("a", "b", "c", "d")


def test_one_to_one_moves_the_shelves_rules_and_back() -> None:
    plan = plan_of(one("a", "c", "1:1"), hold_off="20 ms", revertive=True, wait_to_restore="5 s")
    world = World(plan)
    roadms = {roadm.dpid: dict(world.tables[roadm.dpid]) for roadm in plan.roadms}
    world.fail("a-b")
    world.pass_time(20 * MS)
    assert status(world, "a-c").selected == {"a": "a-c/protection", "c": "a-c/protection"}
    assert [e.at_ns for e in world.told("switched")] == [20 * MS] * 2
    assert status(world, "a-c").operational == "ENABLED"
    sent = [m for m in world.log if isinstance(m, Message) and m.dpid not in roadms]
    moved = [m for m in sent[-8:] if m.command == "add" and "vlan_vid" not in m.entry.match]  # type: ignore[union-attr]
    assert len(moved) == 2  # overwritten in place
    world.assert_in_order()
    world.repair("a-b")
    world.pass_time(5 * S)
    assert status(world, "a-c").selected == {"a": "a-c", "c": "a-c"}
    assert {dpid: world.tables[dpid] for dpid in roadms} == roadms
    world.fail("a-b", "d-a")
    world.pass_time(S)
    assert status(world, "a-c").operational == "DISABLED"
    world.repair("d-a")
    world.pass_time(S)
    assert status(world, "a-c").operational == "ENABLED"
    world.assert_in_order()


def test_a_refused_move_of_the_shelves_leaves_the_working_path() -> None:
    world = World(plan_of(one("a", "c", "1:1")))
    before = {dpid: dict(table) for dpid, table in world.tables.items()}
    shelf = world.plan.site_by_id["c"].shelf_dpid
    refused: list[int] = []

    def refuse(message: Message) -> bool:
        if message.dpid == shelf and not refused:
            refused.append(message.xid)
            return True
        return False

    world.refuses = refuse
    world.fail("a-b")
    world.settle()
    assert world.told("refused", "a-c")
    assert status(world, "a-c").selected["a"] == "a-c"
    assert world.tables == before


def test_one_plus_one_is_left_to_the_transponders() -> None:
    world = World(plan_of(one("a", "c", "1+1")))
    sent = len(world.log)
    world.fail("a-b")
    world.pass_time(S)
    assert status(world, "a-c").operational == "ENABLED"
    world.fail("d-a")
    world.pass_time(S)
    assert status(world, "a-c").operational == "DISABLED"
    assert len(world.log) == sent


def test_a_lost_copy_is_restored_apart_from_the_other() -> None:
    world = World(plan_of(one("a", "c", "1+1+restoration")))
    world.fail("a-b")
    world.pass_time(S)
    now = status(world, "a-c")
    assert now.operational == "ENABLED"
    assert now.lightpath.route == ("a", "c")
    assert now.lightpath.protecting is not None
    assert now.lightpath.protecting.route == ("a", "d", "c")
    world.assert_in_order()
    world.fail("a-c", "d-a")
    world.pass_time(S)
    assert status(world, "a-c").operational == "DISABLED"
    world.assert_in_order()
    world.repair("a-b")
    world.pass_time(S)
    assert status(world, "a-c").operational == "ENABLED"
    assert set(status(world, "a-c").unrestored) == {"a-c/protection"}
    world.assert_in_order()


@pytest.mark.parametrize("revertive", [False, True])
def test_a_refused_restoration_goes_back_and_waits_for_a_change(revertive: bool) -> None:
    for refused in range(8):
        world = World(plan_of(one("a", "b", "restoration"), revertive=revertive))
        seen: list[int] = []

        def refuse(message: Message, seen: list[int] = seen, refused: int = refused) -> bool:
            seen.append(message.xid)
            return len(seen) == refused + 1

        world.refuses = refuse
        before = {dpid: dict(table) for dpid, table in world.tables.items()}
        world.fail("a-b")
        world.pass_time(S)
        assert world.told("refused", "a-b")
        assert world.tables == before
        assert status(world, "a-b").lightpath.route == ("a", "b")
        world.assert_in_order()
        world.repair("a-b")
        world.pass_time(S)
        assert status(world, "a-b").operational == "ENABLED"
        world.assert_in_order()


def fill(world: World, source: str, destination: str, count: int, **more: Any) -> None:
    """Take spectrum with lightpaths of one link."""
    for number in range(count):
        world.create(f"f{number}", source, destination, route=(source, destination), **more)
    world.settle()


def test_priorities_decide_who_gets_the_last_place() -> None:
    requests = [one("a", "b", "restoration", priority=p) for p in (1, 7, 3)]
    world = World(plan_of(*requests, transponders=99, computing="10 ms"))
    world.create("wide", "a", "c", route=("a", "c"))
    world.settle()
    world.fail("d-a")
    fill(world, "a", "c", 94)  # one of 96 places is left on a - c
    world.fail("a-b")
    world.pass_time(S)
    assert status(world, "a-b#2").operational == "ENABLED"
    assert {name for name in ("a-b", "a-b#3") if status(world, name).unrestored} == {
        "a-b",
        "a-b#3",
    }
    assert status(world, "a-b").unrestored["a-b"][0] == "NO_SPECTRUM"
    world.delete("f5")
    world.pass_time(S)
    assert status(world, "a-b#3").operational == "ENABLED"
    assert status(world, "a-b").operational == "DISABLED"
    world.assert_in_order()


def test_preemption_takes_no_more_than_it_needs() -> None:
    plan = plan_of(one("a", "b", "restoration", priority=5), transponders=99, preemption=True)
    world = World(plan)
    world.fail("d-a")
    fill(world, "a", "c", 95)
    world.create("free", "c", "e", protection="restoration")
    world.create("last", "a", "c", route=("a", "c"), protection="restoration", priority=1)
    world.settle()
    world.fail("a-b")
    world.pass_time(S)
    assert status(world, "a-b").lightpath.route == ("a", "c", "b")
    (gone,) = world.told("preempted")
    assert gone.data == {"by": "a-b"}
    victim = status(world, gone.subject)
    assert (victim.lifecycle, victim.operational) == ("PLANNED", "DISABLED")
    assert set(victim.unrestored.values()) == {("PREEMPTED", "a-b has its place")}
    world.assert_in_order()
    world.delete(gone.subject)
    world.settle()
    world.assert_in_order()


def test_a_preempted_lightpath_comes_back_when_there_is_room() -> None:
    plan = plan_of(one("a", "b", "restoration", priority=5), transponders=99, preemption=True)
    world = World(plan)
    world.fail("d-a")
    fill(world, "a", "c", 95, priority=6)
    world.create("last", "a", "c", route=("a", "c"), protection="restoration")
    world.settle()
    world.fail("a-b")
    world.pass_time(S)
    assert [event.subject for event in world.told("preempted")] == ["last"]
    assert status(world, "last").lifecycle == "PLANNED"
    world.repair("d-a")
    world.pass_time(S)
    assert status(world, "last").lifecycle == "INSTALLED"
    assert status(world, "last").lightpath.route == ("a", "d", "c")
    world.assert_in_order()
