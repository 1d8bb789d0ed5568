"""A world for the service: switches that keep tables and answer, agents, light, a clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from apn_emu.control.batches import Entry, Key, Message, key_of
from apn_emu.control.requests import Event, LightpathRequest, LightpathStatus
from apn_emu.control.rules import Group, Rule
from apn_emu.control.service import LightpathService
from apn_emu.control.transponders import (
    Adjust,
    AlarmKind,
    Disable,
    Done,
    Enable,
    FibreAlarm,
    Order,
    PathAlarm,
    Protect,
    Tune,
    Unprotect,
)
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.lightpaths import Path
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of

MS = 1_000_000
S = 1_000 * MS

LINKS = (
    ("a", "b", 50),
    ("b", "c", 60),
    ("c", "d", 70),
    ("d", "a", 80),
    ("a", "c", 200),
    ("c", "e", 40),
)
"""A ring with a chord, and e behind a bridge."""


def plan_of(
    *lightpaths: dict[str, Any],
    transponders: int = 6,
    domains: dict[str, list[str]] | None = None,
    borders: dict[str, int] | None = None,
    **control: Any,
) -> Plan:
    """Return a plan on `LINKS` with those lightpaths and that many transponders a site."""
    scenario = make_scenario(
        {
            "name": "world",
            "network": {
                "nodes": [{"id": node} for node in "abcde"],
                "links": [{"a": a, "b": b, "km": km} for a, b, km in LINKS],
            },
            "sites": {node: {"transponders": transponders} for node in "abcde"},
            "lightpaths": list(lightpaths),
            "domains": domains or {},
            "borders": borders or {},
            "control": {"management_delay": "0 s", "computing": "0 s", **control},
        }
    )
    return compile_plan(scenario, network_of(scenario))


class World:
    """Carries what the service sends; `settle` until all is quiet, or `deliver` one by one."""

    def __init__(self, plan: Plan, *, connect: bool = True) -> None:
        self.service = LightpathService(plan)
        self.plan = plan
        self.now_ns = 0
        self.tables: dict[int, dict[Key, Entry]] = {}
        self.connected: set[int] = set()
        self.refuses: Callable[[Message], bool] = lambda message: False
        self.fails: Callable[[Order], bool] = lambda order: False
        self.inbox: dict[int, deque[Message]] = {}
        self.orders: deque[Order] = deque()
        self.lit: dict[str, Path] = {path.id: path for path in plan.paths}
        self.held: dict[str, Path] = dict(self.lit)
        self.groups = {p.id for p in plan.lightpaths if p.protection.startswith("1+1")}
        self.cut: set[str] = set()
        self.dark: set[str] = set()
        self.events: list[Event] = []
        self.log: list[Message | Order] = []
        self.service.agents_connected(0)
        for dpid in sorted(plan.dpids):
            self.tables[dpid] = {}
        if connect:
            for dpid in self.tables:
                self.connect(dpid)
            self.settle()

    # what happens

    def connect(self, dpid: int, *, known: bool = True) -> None:
        """Let a switch connect; its table goes along if it is `known`."""
        self.connected.add(dpid)
        self.inbox[dpid] = deque()
        installed = list(self.tables[dpid].values()) if known else None
        self.service.switch_connected(dpid, self.now_ns, installed)
        self._collect()

    def lose(self, dpid: int) -> None:
        """Let a switch lose its connection with all that is under way to it."""
        self.connected.discard(dpid)
        self.inbox.pop(dpid, None)
        self.service.switch_lost(dpid, self.now_ns)
        self._collect()

    def create(self, name: str, source: str, destination: str, **more: Any) -> LightpathStatus:
        """Ask for a lightpath of 100G."""
        request = LightpathRequest(name, source, destination, **{"rate_bps": 10**11, **more})
        try:
            return self.service.create(request, self.now_ns)
        finally:
            self._collect()

    def delete(self, name: str) -> None:
        """Ask to remove a lightpath."""
        self.service.delete(name, self.now_ns)
        self._collect()

    def modify(self, name: str, rate_bps: int) -> None:
        """Ask for another rate."""
        self.service.modify(name, rate_bps, self.now_ns)
        self._collect()

    def fail(self, *fibres: str) -> None:
        """Cut fibre pairs."""
        self.cut.update(fibres)
        for fibre in fibres:
            self._fibre(fibre, raised=True)
        self._look()

    def repair(self, *fibres: str) -> None:
        """Repair them."""
        self.cut.difference_update(fibres)
        for fibre in fibres:
            self._fibre(fibre, raised=False)
        self._look()

    # carrying

    def settle(self, until_ns: int | None = None) -> None:
        """Carry everything, and let time pass to the moment stated, else not at all."""
        self._collect()
        for _ in range(100_000):
            while self.deliver():
                pass
            due_ns = self.service.next_timer()
            if due_ns is None or due_ns > (self.now_ns if until_ns is None else until_ns):
                break
            self.now_ns = max(self.now_ns, due_ns)
            self.service.handle_timer(self.now_ns)
            self._collect()
        else:
            raise AssertionError("it never gets quiet")
        self.now_ns = max(self.now_ns, until_ns or 0)

    def pass_time(self, duration_ns: int) -> None:
        """Settle while time passes."""
        self.settle(self.now_ns + duration_ns)

    def deliver(self, choice: int = 0) -> bool:
        """Carry one message or order, from the queue of that number; False if there is none."""
        waiting: list[deque[Any]] = [queue for queue in self.inbox.values() if queue]
        if self.orders:
            waiting.append(self.orders)
        if not waiting:
            return False
        item = waiting[choice % len(waiting)].popleft()
        self.log.append(item)
        if isinstance(item, Message):
            self._message(item)
        else:
            self._order(item)
        self._collect()
        return True

    def _message(self, message: Message) -> None:
        table = self.tables[message.dpid]
        if message.command == "barrier":
            self.service.barrier_answered(message.dpid, message.xid, self.now_ns)
            return
        entry = message.entry
        assert entry is not None
        key = key_of(entry)
        if message.command == "delete":
            table.pop(key, None)
        elif self.refuses(message):
            self.service.refused(message.dpid, message.xid, "table full", self.now_ns)
        elif isinstance(entry, Group) and (key in table) is not (message.command == "modify"):
            self.service.refused(message.dpid, message.xid, "no such group", self.now_ns)
        else:
            table[key] = entry

    def _order(self, order: Order) -> None:
        # Switching off and letting go never fails
        can_fail = not isinstance(order, Disable | Unprotect)
        failure = "it does not want to" if can_fail and self.fails(order) else ""
        if not failure:
            self._obey(order)
        self.service.notified(Done(order.order, failure), self.now_ns)
        if isinstance(order, Enable) and not failure:
            self._look()

    def _obey(self, order: Order) -> None:
        match order:
            case Tune(path=path):
                self.held[path.id] = path
                self.lit.pop(path.id, None)
                self.dark.discard(path.id)
            case Enable(path=name):
                self.lit[name] = self.held[name]
            case Disable(path=name):
                for state in (self.held, self.lit):
                    state.pop(name, None)
                self.dark.discard(name)
            case Adjust(path=path):
                assert path.id in self.lit
                self.held[path.id] = self.lit[path.id] = path
            case Protect(lightpath=name):
                self.groups.add(name)
            case Unprotect(lightpath=name):
                self.groups.discard(name)

    def _fibre(self, fibre: str, raised: bool) -> None:
        planned = self.plan.fibre_by_id[fibre]
        for source in (planned.a, planned.b):
            self.service.notified(FibreAlarm(fibre, source, raised), self.now_ns)
        self._collect()

    def _look(self) -> None:
        """Let the receivers of all lit paths say what has changed for them."""
        for path in list(self.lit.values()):
            dark = not self.cut.isdisjoint(path.fibres)
            if dark is not (path.id in self.dark):
                (self.dark.add if dark else self.dark.discard)(path.id)
                for end in path.ends:
                    alarm = PathAlarm(AlarmKind.LOS, path.id, end.site, dark)
                    self.service.notified(alarm, self.now_ns)
        self._collect()

    def _collect(self) -> None:
        for message in self.service.take_messages():
            assert message.dpid in self.connected
            self.inbox[message.dpid].append(message)
        self.orders.extend(self.service.take_orders())
        self.events += self.service.take_events()

    # looking

    def told(self, kind: str, subject: str | None = None) -> list[Event]:
        """Return the events of a kind, about a subject if one is named."""
        return [e for e in self.events if e.kind == kind and subject in (None, e.subject)]

    def rules_of(self, cookie: int) -> list[Rule]:
        """Return the rules in all switches with a cookie."""
        entries = [entry for table in self.tables.values() for entry in table.values()]
        return [e for e in entries if isinstance(e, Rule) and e.cookie == cookie]

    def assert_in_order(self) -> None:
        """Assert what holds whenever nothing is under way."""
        service, statuses = self.service, self.service.list()
        for dpid in self.connected:
            assert self.tables[dpid] == {key_of(e): e for e in service.wanted(dpid)}, hex(dpid)
        installed = {s.lightpath.id: s.lightpath for s in statuses if s.lifecycle == "INSTALLED"}
        wanted_paths = {path.id: path for p in installed.values() for path in p.paths}
        assert {name: (p.route, p.vid) for name, p in self.lit.items()} == {
            name: (p.route, p.vid) for name, p in wanted_paths.items()
        }
        assert self.groups == {
            name for name, p in installed.items() if p.protection.startswith("1+1")
        }
        assert set(service.plan.lightpath_by_id) == set(installed)
        taken = self.assert_no_overlap()
        usable = (1 << 768) - 1
        free = service.resources.free_units()
        assert {key: usable & ~mask for key, mask in free.items()} == taken
        self._assert_tables(installed)

    def assert_no_overlap(self) -> dict[tuple[str, str], int]:
        """Assert that no two lightpaths hold the same spectrum; return what they hold."""
        resources = self.service.resources
        taken = dict.fromkeys(resources.free_units(), 0)
        for status in self.service.list():
            for path in status.lightpath.paths:
                for fibre, mask in resources.held(path.id).items():
                    assert not taken[fibre] & mask
                    taken[fibre] |= mask
        return taken

    def _assert_tables(self, installed: dict[str, Any]) -> None:
        """Assert that no rule is an orphan: each in-port and channel belongs to a lit path."""
        for roadm in self.plan.roadms:
            channels = {
                0x1000 | path.vid
                for p in installed.values()
                for path in p.paths
                if roadm.id in path.route
            }
            table = {key_of(e): e for e in self.service.wanted(roadm.dpid)}
            assert {e.match["vlan_vid"] for e in table.values() if isinstance(e, Rule)} == channels
            crossing = sum(roadm.id in path.route for p in installed.values() for path in p.paths)
            assert len(table) == 2 * crossing
