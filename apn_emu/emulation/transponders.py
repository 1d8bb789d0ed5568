"""The transponders' own control: see light come and go, switch 1+1 themselves, obey orders.

All sites' agents run here, in the session's process. They share nothing but the clock: what one
knows, another learns only by light or through the controller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from apn_emu.control.detection import Detector
from apn_emu.control.light import Arrival, Direction, Light
from apn_emu.control.light import Receiver as Key
from apn_emu.control.protection import Selector, Side, skew_ns
from apn_emu.control.transponders import (
    FibreAlarm,
    Notification,
    PathAlarm,
    Switched,
)
from apn_emu.emulation import netem
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.receivers import Receiver
from apn_emu.emulation.timeline import Activity, At, Timeline
from apn_emu.planning.lightpaths import ONE_PLUS_ONE
from apn_emu.planning.plan import Lightpath, Path, Plan


@dataclass
class Group:
    """A 1+1 group at one end: the selector and the ids of its two paths."""

    lightpath: str
    selector: Selector
    paths: dict[Side, str]

    def side(self, path: str) -> Side:
        """Return which of the two a path is."""
        return Side.WORKING if self.paths[Side.WORKING] == path else Side.PROTECTING


class Transponders:
    """Every receiver of the network, with the 1+1 groups; `tell` takes what they report."""

    def __init__(
        self, plan: Plan, net: ApnNet, timeline: Timeline, tell: Callable[[Notification], None]
    ) -> None:
        self._plan, self._net, self._timeline, self._tell = plan, net, timeline, tell
        self._parameters = plan.control
        self._light = Light(plan.fibre_by_id, plan.paths)
        self._fibres: dict[Direction, Detector] = {}
        self._down: Counter[str] = Counter()
        self._due_ns: int | None = None
        self.receivers: dict[Key, Receiver] = {}
        self.groups: dict[Key, Group] = {}
        for path in plan.paths:
            self._add_receivers(path)
        for lightpath in plan.lightpaths:
            if lightpath.protection in ONE_PLUS_ONE:
                self._protect(lightpath)

    def start(self) -> None:
        """Set all selectors to the working paths."""
        self._set_selectors(self.groups)

    def direction_changed(self, direction: Direction, passes: bool, now_ns: int) -> bool:
        """One thing less or more stops light that enters a fibre; return whether it matters."""
        changed = self._light.change(direction, passes)
        if changed:
            for arrival in self._light.arrivals(direction, now_ns):
                self._timeline.add(self._arrive(arrival, direction, passes), background=True)
            self._timeline.add(self._fibre_arrive(direction, passes, now_ns), background=True)
        return changed

    def quality_changed(self, direction: Direction, key: Key, figures: dict[str, Any]) -> None:
        """Extra loss on a fibre changed: the receiver gets these figures when light gets there."""
        rest_ns = self._light.rest_ns(key, direction)
        self._timeline.add(self._degrade(key, figures, rest_ns), background=True)

    def node_changed(self, site: str, works: bool) -> bool:
        """A node's agents fall silent, or speak again; return whether that is a change."""
        before = self._down[site]
        self._down[site] += -1 if works else 1
        return (before == 0) is not (self._down[site] == 0)

    def _add_receivers(self, path: Path) -> None:
        for end in path.ends:
            receiver = Receiver.of(path, end, self._parameters.detection_ns)
            self.receivers[path.id, end.site] = receiver

    def _protect(self, lightpath: Lightpath) -> None:
        assert lightpath.protecting is not None
        paths = {Side.WORKING: lightpath.id, Side.PROTECTING: lightpath.protecting.id}
        for end in lightpath.ends:
            selector = Selector(self._parameters, skew_ns(lightpath))
            group = Group(lightpath.id, selector, paths)
            for path in paths.values():
                self.groups[path, end.site] = group

    def _arrive(self, arrival: Arrival, direction: Direction, lit: bool) -> Activity:
        yield At(arrival.at_ns / 1e9)
        present = self._light.seen(arrival.receiver, direction, lit)
        if present is not None:
            self.receivers[arrival.receiver].lit = present
            self._look(arrival.receiver, arrival.at_ns)

    def _fibre_arrive(self, direction: Direction, lit: bool, now_ns: int) -> Activity:
        at_ns = now_ns + self._plan.fibre_by_id[direction[0]].delay_ns
        yield At(at_ns / 1e9)
        detector = self._fibres.setdefault(direction, Detector(self._parameters.detection_ns))
        detector.light(lit, at_ns)
        self._schedule()

    def _degrade(self, key: Key, figures: dict[str, Any], rest_ns: int) -> Activity:
        at_ns = self._timeline.now_ns + rest_ns
        yield At(at_ns / 1e9)
        if (receiver := self.receivers.get(key)) is not None:
            receiver.degrade(figures)
            self._set_netem([key])
            self._look(key, at_ns)

    def _look(self, key: Key, now_ns: int) -> None:
        """React to what a receiver sees now."""
        receiver = self.receivers[key]
        receiver.detector.light(receiver.framed, now_ns)
        self._judge(key, now_ns)
        self._schedule()

    def _judge(self, key: Key, now_ns: int) -> None:
        """Raise and clear alarms, and let the selector know."""
        receiver = self.receivers[key]
        due = receiver.due_alarms()
        for kind in sorted(receiver.alarms ^ due):
            self._report(key[1], PathAlarm(kind, *key, raised=kind in due))
        receiver.alarms = due
        if (group := self.groups.get(key)) is not None:
            last_ns = receiver.detector.dark_since_ns
            group.selector.condition(group.side(key[0]), receiver.condition, now_ns, last_ns)

    def _schedule(self) -> None:
        """Wake when the next timer is due."""
        due_ns = self._next_timer()
        if due_ns is not None and (self._due_ns is None or due_ns < self._due_ns):
            self._due_ns = due_ns
            self._timeline.add(self._wake(due_ns), background=True)

    def _timers(self) -> Iterable[Detector | Selector]:
        yield from self._fibres.values()
        yield from (receiver.detector for receiver in self.receivers.values())
        yield from (group.selector for group in self.groups.values())

    def _next_timer(self) -> int | None:
        timers = (timer.next_timer() for timer in self._timers())
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def _wake(self, due_ns: int) -> Activity:
        yield At(due_ns / 1e9)
        if self._due_ns == due_ns:
            self._due_ns = None
        while (next_ns := self._next_timer()) is not None and next_ns <= self._timeline.now_ns:
            self._handle_timers(next_ns)
        self._schedule()

    def _handle_timers(self, now_ns: int) -> None:
        for direction, detector in self._fibres.items():
            if detector.handle_timer(now_ns):
                fibre = self._plan.fibre_by_id[direction[0]]
                end = fibre.b if direction[1] == fibre.a else fibre.a
                self._report(end, FibreAlarm(*direction, raised=detector.failed))
        for key, receiver in self.receivers.items():
            if receiver.detector.handle_timer(now_ns):
                self._judge(key, now_ns)
        moved = []
        for key, group in self.groups.items():
            before = group.selector.selected
            side = group.selector.handle_timer(now_ns)
            if group.selector.selected is not before:
                moved += [(path, key[1]) for path in group.paths.values()]
            if side is not None:
                path = group.paths[side]
                self._report(key[1], Switched(group.lightpath, key[1], path))
        self._set_selectors(moved)

    def _set_selectors(self, keys: Iterable[Key]) -> None:
        """Let through the copy that each selector has taken, mute the other."""
        changed = []
        for key in dict.fromkeys(keys):
            group, receiver = self.groups[key], self.receivers[key]
            muted = group.selector.selected is not group.side(key[0])
            if muted is not receiver.muted:
                receiver.muted = muted
                changed.append(key)
        self._set_netem(changed)

    def _set_netem(self, keys: Iterable[Key]) -> None:
        netem.change(
            (self._net.device(f"roadm-{r.end.site}", r.end.add_drop_port), r.netem())
            for r in map(self.receivers.__getitem__, keys)
        )

    def _report(self, site: str, notification: Notification) -> None:
        if not self._down[site]:
            self._tell(notification)
