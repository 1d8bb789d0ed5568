"""Random lives: whatever is asked, fails, is lost or refused, in whatever order it arrives."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from apn_emu.control.batches import Message
from apn_emu.control.requests import Refused
from apn_emu.control.transponders import Order
from tests.control.world import MS, S, World, plan_of

PROTECTIONS = ("none", "1+1", "1:1", "restoration", "1+1+restoration")
SITES = "abcde"
FIBRES = ("a-b", "b-c", "c-d", "d-a", "a-c", "c-e")
PLANNED = (
    {"mesh": ["a", "b", "c"], "rate": "100G", "protection": "restoration", "priority": 2},
    {"from": "a", "to": "d", "rate": "400G", "protection": "1+1+restoration"},
    {"from": "c", "to": "d", "rate": "100G", "protection": "1:1", "priority": 1},
)
CONTROLS = (
    {},
    {"setup": "hot", "revertive": True, "wait_to_restore": "2 s", "computing": "10 ms"},
    {"tuning": "1 s", "preemption": True, "hold_off": "30 ms"},
    {"revertive": True, "wait_to_restore": "0 s", "preemption": True},
)


PLANS = [plan_of(*PLANNED, **control) for control in CONTROLS]


class Network(RuleBasedStateMachine):
    """The service in its world; nothing is settled between steps unless a rule does so."""

    names = Bundle("names")

    @initialize(number=st.integers(0, len(PLANS) - 1))
    def start(self, number: int) -> None:
        self.world = World(PLANS[number])

    @rule(
        target=names,
        name=st.sampled_from([f"x{n}" for n in range(6)]),
        ends=st.permutations(SITES),
        protection=st.sampled_from(PROTECTIONS),
        priority=st.integers(0, 3),
    )
    def create(self, name: str, ends: list[str], protection: str, priority: int) -> object:
        with suppress(Refused):
            self.world.create(
                name, ends[0], ends[1], protection=protection, priority=priority, disjoint="link"
            )
            return name
        return multiple()

    @rule(name=names)
    def delete(self, name: str) -> None:
        known = {status.lightpath.id for status in self.world.service.list()}
        with nullcontext() if name in known else pytest.raises(Refused, match="NOT_FOUND"):
            self.world.delete(name)

    @rule(name=st.sampled_from(["a-b", "a-d", "c-d"]))
    def delete_planned(self, name: str) -> None:
        self.delete(name)

    @rule(name=names, rate_bps=st.sampled_from([5 * 10**10, 10**11, 4 * 10**11]))
    def modify(self, name: str, rate_bps: int) -> None:
        with suppress(Refused):
            self.world.modify(name, rate_bps)

    @rule(fibre=st.sampled_from(FIBRES))
    def cut(self, fibre: str) -> None:
        if fibre not in self.world.cut:
            self.world.fail(fibre)

    @rule(fibre=st.sampled_from(FIBRES))
    def repair(self, fibre: str) -> None:
        if fibre in self.world.cut:
            self.world.repair(fibre)

    @rule(number=st.integers(0, 14))
    def lose(self, number: int) -> None:
        dpid = sorted(self.world.tables)[number]
        if dpid in self.world.connected:
            self.world.lose(dpid)

    @rule(number=st.integers(0, 14), emptied=st.booleans())
    def connect(self, number: int, emptied: bool) -> None:
        dpid = sorted(self.world.tables)[number]
        if dpid not in self.world.connected:
            if emptied:
                self.world.tables[dpid].clear()
            self.world.connect(dpid)

    @rule(after=st.integers(0, 12))
    def refuse_one_rule(self, after: int) -> None:
        left = [after]

        def refuses(message: Message) -> bool:
            left[0] -= 1
            return left[0] == -1

        self.world.refuses = refuses

    @rule(after=st.integers(0, 6))
    def fail_one_order(self, after: int) -> None:
        left = [after]

        def fails(order: Order) -> bool:
            left[0] -= 1
            return left[0] == -1

        self.world.fails = fails

    @rule(choices=st.lists(st.integers(0, 5), min_size=1, max_size=12))
    def deliver(self, choices: list[int]) -> None:
        for choice in choices:
            self.world.deliver(choice)

    @rule(duration_ns=st.sampled_from([MS, 50 * MS, S]))
    def wait(self, duration_ns: int) -> None:
        self.world.pass_time(duration_ns)

    @rule()
    def settle(self) -> None:
        self.world.pass_time(10 * S)
        self.world.assert_in_order()

    @rule()
    @precondition(lambda self: len(self.world.connected) < len(self.world.tables))
    def connect_all(self) -> None:
        for dpid in sorted(set(self.world.tables) - self.world.connected):
            self.world.connect(dpid)

    @invariant()
    def no_overlap(self) -> None:
        if hasattr(self, "world"):
            self.world.assert_no_overlap()

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        world = self.world
        world.refuses, world.fails = (lambda message: False), (lambda order: False)
        self.connect_all()
        world.repair(*world.cut)
        world.pass_time(100 * S)
        world.assert_in_order()
        for status in world.service.list():
            if status.lifecycle == "INSTALLED":
                assert status.operational == "ENABLED"
            world.delete(status.lightpath.id)
        world.pass_time(100 * S)
        assert not world.service.list()
        assert not world.service.alarms
        assert not world.lit
        world.assert_in_order()


TestNetwork = Network.TestCase
TestNetwork.settings = settings(
    deadline=None, derandomize=True, max_examples=25, stateful_step_count=30
)
