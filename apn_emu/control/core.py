"""What the parts of the lightpath service share, and the steps that they all take."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from apn_emu.control.agents import Agents
from apn_emu.control.alarms import NOT_RESTORED, Alarms
from apn_emu.control.batches import Entry, Key, key_of
from apn_emu.control.managed import Managed, request_of
from apn_emu.control.procedures import Procedures, Ticket, Timer, Wait
from apn_emu.control.requests import Alarm, Code, Event, EventKind, Refused
from apn_emu.control.router_rules import router_rules
from apn_emu.control.rules import Rule, switch_rules
from apn_emu.control.switches import Switches
from apn_emu.planning.forwarding import broadcast_tree, next_hops
from apn_emu.planning.lightpaths import Path
from apn_emu.planning.packets import Hop, Router
from apn_emu.planning.plan import Plan, Site

if TYPE_CHECKING:
    from apn_emu.control.resources import Resources

AGAIN_NS = 1_000_000_000
"""After this a switch gets again what it refused of its forwarding. Assumption."""


class Core:
    """The state of the service. Its plan's lightpaths and forwarding are those in service now."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.parameters = plan.control
        self.procedures = Procedures()
        self.switches = Switches()
        self.agents = Agents()
        self.alarms = Alarms()
        self.managed: dict[str, Managed] = {}
        self.events: list[Event] = []
        self.after: Callable[[Managed], None] = lambda managed: None
        """Called when a procedure has let a lightpath go."""
        self.freed: Callable[[], None] = lambda: None
        """Called when spectrum has become free."""
        self._resources: Resources | None = None
        self._again: Timer | None = None
        self._next_cookie = len(plan.lightpaths) + 1
        for cookie, lightpath in enumerate(plan.lightpaths, 1):
            self.managed[lightpath.id] = Managed(request_of(lightpath, plan), lightpath, cookie)
        self.tables: dict[str, dict[Key, Entry]] = {
            place.id: _table(plan, place) for place in _places(plan)
        }

    @property
    def resources(self) -> Resources:
        """The allocator, made when it is needed first."""
        if self._resources is None:
            from apn_emu.control.resources import Resources  # numpy: slow to import

            held = [managed.lightpath for managed in self.managed.values()]
            self._resources = Resources(self.plan, held)
        return self._resources

    def let_go(self, managed: Managed) -> None:
        """Note that a procedure has done with a lightpath."""
        managed.busy = False
        self.after(managed)

    def release(self, managed: Managed) -> None:
        """Give back all resources of a lightpath and forget it."""
        del self.managed[managed.id]
        if self._resources is not None:
            self._resources.release(managed.lightpath)
        for timer in managed.timers.values():
            timer.cancel()
        for path in managed.lightpath.paths:
            self.new_light(managed, path)
            if alarm := self.alarms.clear(NOT_RESTORED, path.id):
                self.emit_alarm(alarm, raised=False)
        self.freed()

    def new_cookie(self) -> int:
        """Return a cookie that no lightpath has had."""
        self._next_cookie += 1
        return self._next_cookie - 1

    def emit(self, kind: EventKind, subject: str, **data: Any) -> None:
        """Tell the world."""
        self.events.append(Event(self.procedures.now_ns, kind, subject, data))

    def emit_state(self, managed: Managed) -> None:
        """Tell the states of a lightpath."""
        self.emit(
            EventKind.LIGHTPATH,
            managed.id,
            lifecycle=managed.lifecycle,
            administrative=managed.administrative,
            operational=managed.operational,
            routes={path.id: path.route for path in managed.lightpath.paths},
        )

    def emit_alarm(self, alarm: Alarm, raised: bool) -> None:
        """Tell that an alarm was raised or cleared."""
        self.emit(
            EventKind.ALARM,
            alarm.resource,
            alarm=alarm.kind,
            raised=raised,
            lightpaths=alarm.lightpaths,
            text=alarm.text,
        )

    def new_light(self, managed: Managed, path: Path) -> None:
        """Forget what was wrong with a path's old light, now that its transponders are retuned."""
        managed.dark = {fault for fault in managed.dark if fault[0] != path.id}
        for alarm in self.alarms.about(path):
            self.alarms.clear(alarm.kind, alarm.resource)
            self.emit_alarm(alarm, raised=False)

    def install(self, managed: Managed, name: str, rules: list[Rule]) -> list[Ticket]:
        """Put rules of a lightpath in the place of those it has under that name.

        The tickets are of the switches that get rules; that others lose some is not waited for.
        """
        before = managed.installed.get(name, [])
        managed.installed[name] = rules
        kept = {(rule.dpid, key_of(rule)) for rule in rules}
        self.switches.change(delete=[r for r in before if (r.dpid, key_of(r)) not in kept])
        return self.switches.change(add=[rule for rule in rules if rule not in before])

    def remove(self, managed: Managed, names: Iterable[str]) -> list[Ticket]:
        """Take rules of a lightpath away."""
        gone = [rule for name in names for rule in managed.installed.pop(name, ())]
        return self.switches.change(delete=gone)

    def forward(self) -> Wait:
        """Bring switches' and routers' rules to the lightpaths in service; only what differs."""
        lightpaths = tuple(m.lightpath for m in self.managed.values() if m.in_service)
        hops: list[Hop] = [*lightpaths, *self.plan.packet_links]
        sites = [site.id for site in self.plan.sites]
        routers = [router.id for router in self.plan.routers]
        plan = replace(
            self.plan,
            lightpaths=lightpaths,
            next_hops=next_hops(sites, hops, routers),
            broadcast_tree=broadcast_tree(sites, hops, routers),
        )
        add: list[Entry] = []
        delete: list[Entry] = []
        for place in _places(plan):
            if _ways(plan, place.id) == _ways(self.plan, place.id):
                continue
            before, after = self.tables[place.id], _table(plan, place)
            add += [entry for key, entry in after.items() if before.get(key) != entry]
            delete += [entry for key, entry in before.items() if key not in after]
            self.tables[place.id] = after
        self.plan = plan
        return Wait(self.switches.change(add, delete))

    def send_refused_later(self) -> None:
        """See to it that what a switch refused, and nobody took back, is sent again."""
        if self.switches.has_refused and self._again is None:
            self._again = self.procedures.at(self.procedures.now_ns + AGAIN_NS, self._send_again)

    def _send_again(self) -> None:
        self._again = None
        self.switches.send_refused_again()

    def unusable(self) -> set[str]:
        """Return the links that failed and the nodes whose ROADM cannot be reached."""
        connected = self.switches.is_connected
        lost = {roadm.id for roadm in self.plan.roadms if not connected(roadm.dpid)}
        return lost | self.alarms.failed_fibres

    def check_ends(self, sites: Iterable[str]) -> None:
        """Raise `Refused` if an end's ROADM, shelf or switch cannot be reached."""
        for name in sites:
            terminal = self.plan.terminal_by_id[name]
            dpids = [self.plan.roadm_by_id[name].dpid, terminal.shelf_dpid]
            if isinstance(terminal, Site):
                dpids.append(terminal.switch_dpid)
            if not all(map(self.switches.is_connected, dpids)):
                raise Refused(Code.SWITCH_UNREACHABLE, f"{name} cannot be reached")


def _places(plan: Plan) -> list[Site | Router]:
    return [*plan.sites, *plan.routers]


def _ways(plan: Plan, place: str) -> tuple[object, ...]:
    """Return all that the table of a place depends on and that lightpaths can change."""
    hops = [hop for hop in plan.hop_by_id.values() if place in (hop.a.site, hop.b.site)]
    ports = {hop.id: hop.end(place).client_port for hop in hops}
    tree = [hop for hop in plan.broadcast_tree if hop in ports]
    return ports, tree, plan.next_hops[place], plan.handed_over[place]


def _table(plan: Plan, place: Site | Router) -> dict[Key, Entry]:
    rules = router_rules(plan, place) if isinstance(place, Router) else switch_rules(plan, place)
    entries: list[Entry] = [*rules.groups, *rules.rules]
    return {key_of(entry): entry for entry in entries}
