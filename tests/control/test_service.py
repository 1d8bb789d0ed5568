"""The service's requests, steps, refusals and reconnections, in a world of model switches."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest

from apn_emu.control.batches import Message
from apn_emu.control.requests import Code, LightpathRequest, Refused
from apn_emu.control.transponders import Adjust, Disable, Enable, Protect, Tune, Unprotect
from tests.control.world import MS, S, World, plan_of

PLAIN = {"mesh": ["a", "b", "c", "d"], "rate": "100G"}
STEPS = {"tuning": "3 s", "wss": "2 s", "amplifier": "1 s"}


def states(world: World, name: str) -> tuple[str, str, str]:
    status = world.service.get(name)
    return status.lifecycle, status.administrative, status.operational


def test_the_plan_is_lit_as_its_switches_connect() -> None:
    world = World(plan_of(PLAIN), connect=False)
    assert set(world.service.missing()) <= set(world.tables)
    last, *first = world.tables
    for dpid in first:
        world.connect(dpid, known=False)
    world.settle()
    assert any(s.lifecycle == "PLANNED" for s in world.service.list())
    world.connect(last, known=False)
    world.settle()
    assert {s.lifecycle for s in world.service.list()} == {"INSTALLED"}
    assert len(world.told("switch")) == len(world.tables)
    world.assert_in_order()
    barriers = [m for m in world.log if isinstance(m, Message) and m.command == "barrier"]
    assert len(barriers) == len(world.tables)


def test_a_lightpath_comes_up_step_by_step_and_goes_light_first() -> None:
    world = World(plan_of(PLAIN, **STEPS))
    world.log.clear()
    status = world.create("x", "a", "e")
    assert (status.lifecycle, status.operational) == ("PLANNED", "DISABLED")
    assert status.lightpath.route == ("a", "b", "c", "e")
    world.settle()
    assert states(world, "x") == ("PLANNED", "UNLOCKED", "DISABLED")
    world.pass_time(2 * S - 1)
    assert not any(isinstance(item, Enable) for item in world.log)
    world.pass_time(1)
    assert isinstance([item for item in world.log if not isinstance(item, Message)][-1], Enable)
    shelf = world.plan.site_by_id["a"].shelf_dpid
    assert not [m for m in world.log if isinstance(m, Message) and m.dpid == shelf]
    world.pass_time(S)
    assert states(world, "x") == ("INSTALLED", "UNLOCKED", "ENABLED")
    world.assert_in_order()
    assert world.service.plan.path("a", "e")[-1].id == "x"

    world.log.clear()
    world.delete("x")
    world.delete("x")
    assert states(world, "x") == ("PENDING_REMOVAL", "LOCKED", "DISABLED")
    world.settle()
    with pytest.raises(Refused, match="NOT_FOUND"):
        world.service.get("x")
    roadms = {roadm.dpid for roadm in world.plan.roadms}
    order = ["dark" if isinstance(i, Disable) else i.dpid in roadms for i in world.log]  # type: ignore[union-attr]
    assert order.index("dark") < order.index(True)
    assert len(world.told("removed", "x")) == 1
    world.assert_in_order()


def test_asking_twice_changes_nothing_and_otherwise_is_a_conflict() -> None:
    world = World(plan_of(PLAIN))
    world.create("x", "a", "e")
    before = len(world.log)
    world.create("x", "a", "e")
    world.settle()
    assert len(world.service.list()) == 7
    with pytest.raises(Refused, match="CONFLICT"):
        world.create("x", "a", "d")
    with pytest.raises(Refused, match="CONFLICT"):
        world.create("a-b", "a", "d")
    world.create("x", "a", "e")
    world.settle()
    assert before < len(world.log)
    world.assert_in_order()


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"destination": "z"}, Code.BAD_REQUEST),
        ({"destination": "a"}, Code.BAD_REQUEST),
        ({"name": "x y"}, Code.BAD_REQUEST),
        ({"name": "x/protection"}, Code.BAD_REQUEST),
        ({"rate_bps": 0}, Code.BAD_REQUEST),
        ({"protection": "2+1"}, Code.BAD_REQUEST),
        ({"disjoint": "colour"}, Code.BAD_REQUEST),
        ({"mode": "nothing"}, Code.BAD_REQUEST),
        ({"route": ("a", "e")}, Code.BAD_REQUEST),
        ({"rate_bps": 10**13}, Code.NO_FEASIBLE_MODE),
        ({"protection": "1+1"}, Code.NO_PATH),
        ({"max_latency_us": 5.0}, Code.NO_PATH_WITH_CONSTRAINT),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason(request_: dict[str, Any], code: Code) -> None:
    world = World(plan_of(PLAIN))
    asked = {"name": "x", "source": "a", "destination": "e", **request_}
    with pytest.raises(Refused) as caught:
        world.create(**asked)
    assert caught.value.code is code
    assert caught.value.text
    world.settle()
    world.assert_in_order()
    assert len(world.service.list()) == 6


def test_transponders_are_not_taken_twice() -> None:
    world = World(plan_of(PLAIN, transponders=4))
    status = world.create("x", "a", "b")
    assert status.lightpath.a.line_port == 4
    with pytest.raises(Refused, match="NO_TRANSPONDER"):
        world.create("y", "a", "e")
    world.settle()
    world.delete("x")
    world.settle()
    assert world.create("y", "a", "e").lightpath.a.line_port == 4
    world.settle()
    world.assert_in_order()


def test_one_refused_rule_undoes_the_lightpath_everywhere() -> None:
    free = World(plan_of(PLAIN))
    free.create("x", "a", "e")
    free.settle()
    adds = [m.entry for m in free.log if isinstance(m, Message) and m.command in ("add", "modify")]
    count = len({id(entry) for entry in adds}) - sum(
        len(table) for table in World(plan_of(PLAIN)).tables.values()
    )
    assert count > 10
    for refused in range(count):
        world = World(plan_of(PLAIN))
        before = {dpid: dict(table) for dpid, table in world.tables.items()}
        seen = [0]

        def refuse(message: Message, seen: list[int] = seen, refused: int = refused) -> bool:
            seen[0] += 1
            return seen[0] == refused + 1

        world.refuses = refuse
        world.create("x", "a", "e")
        world.settle()
        (event,) = world.told("refused", "x")
        assert event.data["code"] == "SWITCH_REFUSED"
        assert "table full" in event.data["text"]
        assert world.tables == before
        world.assert_in_order()
        world.create("x", "a", "e")
        world.settle()
        assert states(world, "x")[0] == "INSTALLED"


@pytest.mark.parametrize("kind", [Tune, Enable, Protect])
def test_a_transponder_that_fails_undoes_the_lightpath(kind: type) -> None:
    world = World(plan_of(PLAIN))
    world.fails = lambda order: isinstance(order, kind)
    world.create("x", "a", "c", protection="1+1")
    world.settle()
    (event,) = world.told("refused", "x")
    assert event.data["code"] == "TRANSPONDER_FAILED"
    world.assert_in_order()


def test_without_agents_nothing_new_is_lit() -> None:
    world = World(plan_of(PLAIN))
    world.service.agents_lost(0)
    world.create("x", "a", "e")
    world.settle()
    assert world.told("refused", "x")[0].data["code"] == "TRANSPONDER_FAILED"
    assert len(world.service.list()) == 6


def test_a_rate_is_changed_without_touching_a_rule() -> None:
    world = World(plan_of(PLAIN))
    world.create("x", "a", "c", protection="1+1", mode="400zr")
    world.settle()
    world.log.clear()
    world.modify("x", 3 * 10**11)
    with pytest.raises(Refused, match="BUSY"):
        world.modify("x", 2 * 10**11)
    world.settle()
    assert [type(item) for item in world.log] == [Adjust, Adjust]
    lightpath = world.service.get("x").lightpath
    assert {path.rate_bps for path in lightpath.paths} == {3 * 10**11}
    assert lightpath.queue_bytes == 3 * 10**11 // 8000
    with pytest.raises(Refused, match="MODE_NOT_FEASIBLE: 400zr carries 400G"):
        world.modify("x", 10**12)
    world.fails = lambda order: isinstance(order, Adjust) and order.path.rate_bps == 10**11
    world.modify("x", 10**11)
    world.settle()
    assert world.service.get("x").lightpath.rate_bps == 3 * 10**11
    assert {path.rate_bps for name, path in world.lit.items() if name[0] == "x"} == {3 * 10**11}
    world.assert_in_order()


def test_a_protected_lightpath_sets_its_group_and_takes_it_away() -> None:
    world = World(plan_of(PLAIN))
    world.create("x", "a", "c", protection="1+1")
    world.settle()
    (protect,) = [order for order in world.log if isinstance(order, Protect)]
    assert (protect.working, protect.protecting) == ("x", "x/protection")
    world.assert_in_order()
    world.delete("x")
    world.settle()
    assert len([order for order in world.log if isinstance(order, Unprotect)]) == 1
    world.assert_in_order()


def test_deleting_while_it_is_set_up_leaves_nothing() -> None:
    for steps in range(60):
        world = World(plan_of(PLAIN, **STEPS))
        world.create("x", "a", "e")
        for _ in range(steps):
            if not world.deliver():
                world.pass_time(S)
        world.delete("x")
        world.pass_time(10 * S)
        assert [event.kind for event in world.told("removed", "x")] == ["removed"]
        world.assert_in_order()


def test_a_switch_that_comes_back_gets_only_what_it_lacks() -> None:
    world = World(plan_of(PLAIN))
    roadm = world.plan.roadms[1].dpid
    table = world.tables[roadm]
    world.lose(roadm)
    assert [alarm.kind for alarm in world.service.alarms] == ["SWITCH-LOST"]
    lost = table.pop(next(iter(table)))
    right = len(table)
    world.delete("a-b")
    world.settle()
    world.log.clear()
    world.connect(roadm)
    world.settle()
    sent = [m for m in world.log if isinstance(m, Message)]
    orphans = [m for m in sent if m.command == "delete"]
    assert [m.entry for m in sent if m.command == "add"] in ([lost], [])
    assert right - len(orphans) + len(sent) - len(orphans) - 1 == len(world.tables[roadm])
    assert not world.service.alarms
    world.assert_in_order()
    world.lose(roadm)
    world.log.clear()
    world.connect(roadm)
    world.settle()
    assert [m.command for m in world.log] == ["barrier"]  # type: ignore[union-attr]


def test_a_switch_that_starts_anew_gets_everything() -> None:
    world = World(plan_of(PLAIN))
    for dpid in list(world.tables):
        world.lose(dpid)
        world.tables[dpid].clear()
        world.connect(dpid)
    world.settle()
    world.assert_in_order()


def test_a_request_over_a_lost_switch_goes_another_way_or_is_refused() -> None:
    world = World(plan_of(PLAIN))
    roadm = {roadm.id: roadm.dpid for roadm in world.plan.roadms}
    world.lose(roadm["b"])
    assert world.create("x", "a", "c").lightpath.route == ("a", "d", "c")
    world.settle()
    with pytest.raises(Refused, match="SWITCH_UNREACHABLE: b cannot be reached"):
        world.create("y", "a", "b")
    world.connect(roadm["b"])
    world.create("y", "a", "b")
    world.settle()
    world.assert_in_order()


def test_a_switch_lost_in_the_middle_undoes_the_set_up() -> None:
    for steps in range(1, 30):
        world = World(plan_of(PLAIN))
        roadm = world.plan.roadm_by_id["b"].dpid
        world.create("x", "a", "e")
        for _ in range(steps):
            world.deliver()
        world.lose(roadm)
        world.settle()
        world.connect(roadm)
        world.settle()
        world.assert_in_order()


def test_the_service_needs_no_numpy_before_it_is_asked_for_something() -> None:
    import subprocess
    import sys

    code = (
        "import sys, apn_emu.control.service, apn_emu.planning.plan;"
        "print([m for m in ('numpy', 'networkx', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_times_are_those_of_the_caller() -> None:
    world = World(plan_of(PLAIN, tuning="5 ms"))
    world.now_ns = 70 * MS
    world.service.create(LightpathRequest("x", "a", "e", 10**11), world.now_ns)
    assert world.service.take_events()[0].at_ns == 70 * MS


def test_lightpaths_that_come_and_go_leave_no_memory_behind() -> None:
    world = World(plan_of(PLAIN))
    service = world.service

    def cycles(count: int) -> int:
        for number in range(count):
            world.create(f"x{number}", "a", "c", protection="1+1")
            world.settle()
            world.delete(f"x{number}")
            world.settle()
            world.log.clear()
            world.events.clear()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = cycles(20)
        after = cycles(100)
    finally:
        tracemalloc.stop()
    assert after - before < 20_000  # 100 lightpaths of 2 kB each, were they kept
    assert service.next_timer() is None


def test_two_hundred_reconnections_leave_nothing_behind() -> None:
    world = World(plan_of(PLAIN))
    dpids = list(world.tables)

    def reconnect(count: int) -> int:
        for number in range(count):
            world.lose(dpids[number % len(dpids)])
            world.connect(dpids[number % len(dpids)])
            if number % 3:
                world.settle()
            world.log.clear()
            world.events.clear()
        world.settle()
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = reconnect(20)
        after = reconnect(200)
    finally:
        tracemalloc.stop()
    assert after - before < 10_000
    world.assert_in_order()
