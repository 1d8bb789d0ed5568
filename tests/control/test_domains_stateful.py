"""Random sequences over two domains' real services: no segment, rule, order or spectrum is left."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from apn_emu.control.domains import operators, parent_configuration
from apn_emu.control.requests import Code, Lifecycle, LightpathRequest, Refused
from apn_emu.control.stitched import Call
from apn_emu.control.stitching import RETRY_NS, Parent
from tests.control.world import World, plan_of

PLAN = plan_of(
    {"from": "a", "to": "d", "rate": "100G"},
    {"from": "b", "to": "a", "rate": "100G"},
    transponders=3,
    domains={"east": ["a", "b"], "west": ["c", "d", "e"]},
    borders={"b-c": 1, "d-a": 2, "a-c": 1},
)
NAMES = ("x", "y", "z")


class Operators(RuleBasedStateMachine):
    """A parent, and for each domain a service with switches and agents that may refuse."""

    def __init__(self) -> None:
        super().__init__()
        self.worlds = {o.name: World(o.view) for o in operators(PLAN)}
        sites = {
            name: [place.id for place in world.plan.terminals]
            for name, world in self.worlds.items()
        }
        self.parent = Parent(sites, PLAN.borders)
        self.pending: list[Call] = []
        self.now_ns = 0
        for given in parent_configuration(PLAN, {}, "")["lightpaths"]:
            borders, ports = given.pop("borders"), given.pop("ports")
            self.parent.adopt(given, borders, ports, 0)
        self.carry()

    @rule(name=st.sampled_from(NAMES), ends=st.sampled_from(["ac", "ad", "be", "db", "ab"]))
    def create(self, name: str, ends: str) -> None:
        request = {"id": name, "source": ends[0], "destination": ends[1], "rate_bps": 10**11}
        try:
            self.parent.create(request, self.now_ns)
        except Refused as refused:
            if refused.code not in (Code.NO_PATH, Code.CONFLICT):
                raise

    @rule(name=st.sampled_from((*NAMES, "a-d", "b-a")))
    def delete(self, name: str) -> None:
        if name in self.parent.lightpaths:
            self.parent.delete(name, self.now_ns)

    @rule(domain=st.sampled_from(["east", "west"]), refuses=st.booleans())
    def refuse(self, domain: str, refuses: bool) -> None:
        """Let the switches of a domain refuse new rules, or take them again."""
        add = {"add", "modify"} if refuses else set[str]()
        self.worlds[domain].refuses = lambda message: message.command in add

    @rule(number=st.integers(0, 5))
    def ask(self, number: int) -> None:
        """Let one request reach its domain."""
        self.pending += self.parent.take_calls()
        if self.pending:
            self.reach(self.pending.pop(number % len(self.pending)), answers=True)

    @rule(number=st.integers(0, 5))
    def lose(self, number: int) -> None:
        """Let a request reach its domain, but not the answer the parent."""
        self.pending += self.parent.take_calls()
        if self.pending:
            self.reach(self.pending.pop(number % len(self.pending)), answers=False)

    def reach(self, call: Call, answers: bool) -> None:
        world = self.worlds[call.domain]
        before = len(world.events)
        refusal: tuple[Code, str] | None = None
        try:
            if call.method == "PUT":
                body: dict[str, Any] = call.body or {}
                world.service.create(LightpathRequest(call.segment, **body), world.now_ns)
            else:
                world.service.delete(call.segment, world.now_ns)
        except Refused as refused:
            refusal = (refused.code, refused.text)
        world.settle()
        for told in world.events[before:]:
            if told.kind == "refused" and told.subject == call.segment:
                refusal = (Code(told.data["code"]), told.data["text"])
        if not answers:
            refusal = (Code.SWITCH_UNREACHABLE, "no answer")
        self.parent.answered(call, refusal, self.now_ns)

    def carry(self) -> None:
        """Bring everything that is under way to its end."""
        for world in self.worlds.values():
            world.refuses = lambda message: False
            world.pass_time(2 * RETRY_NS)  # forwarding rules that were refused are sent again
        for _ in range(100):
            self.pending += self.parent.take_calls()
            while self.pending:
                self.reach(self.pending.pop(0), answers=True)
                self.pending += self.parent.take_calls()
            if self.parent.next_timer() is None:
                return
            self.now_ns += RETRY_NS
            self.parent.handle_timer(self.now_ns)
        raise AssertionError("it never gets quiet")

    @invariant()
    def no_port_hands_over_two(self) -> None:
        taken = [
            (border.id, port)
            for stitched in self.parent.lightpaths.values()
            for border, port in zip(stitched.borders, stitched.ports, strict=True)
        ]
        assert len(taken) == len(set(taken))

    def teardown(self) -> None:
        self.carry()
        known: dict[str, set[str]] = {"east": set(), "west": set()}
        for stitched in self.parent.lightpaths.values():
            assert stitched.lifecycle is Lifecycle.INSTALLED
            for own, segment in stitched.segments.items():
                known[segment.domain].add(own)
        for domain, world in self.worlds.items():
            assert {status.lightpath.id for status in world.service.list()} == known[domain]
            world.assert_in_order()


TestOperators = Operators.TestCase
TestOperators.settings = settings(
    deadline=None, derandomize=True, max_examples=25, stateful_step_count=30
)
