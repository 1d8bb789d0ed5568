"""The transponders' own control: see light come and go, switch 1+1 themselves, obey orders.

All sites' agents run here, in the session's process. They share nothing but the clock: what one
knows, another learns only by light or through the controller.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from apn_emu.control.detection import Detector
from apn_emu.control.extra_loss import ExtraLoss
from apn_emu.control.light import Arrival, Direction, Light
from apn_emu.control.light import Receiver as Key
from apn_emu.control.protection import Selector, Side
from apn_emu.control.transponders import (
    Notification,
    PathAlarm,
    Switched,
)
from apn_emu.emulation import netem
from apn_emu.emulation.fibre_monitors import FibreMonitors
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.receivers import Group, Receiver
from apn_emu.emulation.timeline import Activity, At, Timeline
from apn_emu.emulation.timers import Timers
from apn_emu.planning.lightpaths import ONE_PLUS_ONE
from apn_emu.planning.plan import Path, Plan


class Transponders:
    """Every receiver of the network, with the 1+1 groups; `tell` takes what they report."""

    def __init__(
        self, plan: Plan, net: ApnNet, timeline: Timeline, tell: Callable[[Notification], None]
    ) -> None:
        self._plan, self._net, self._timeline, self._tell = plan, net, timeline, tell
        self._parameters = plan.control
        self._light = Light(plan.fibre_by_id, plan.paths)
        self._losses = ExtraLoss(plan)
        self._fibres = FibreMonitors(plan, timeline, self._report)
        self._timers = Timers(timeline, self._next_timer, self._handle_timers)
        self._down: Counter[str] = Counter()
        self.receivers: dict[Key, Receiver] = {}
        self.groups: dict[Key, Group] = {}
        for path in plan.paths:
            self._add_receivers(path)

    def start(self) -> None:
        """Set the selectors of the plan's lightpaths to their working paths."""
        for lightpath in self._plan.lightpaths:
            if lightpath.protection in ONE_PLUS_ONE and lightpath.protecting is not None:
                self.protect(lightpath.id, lightpath, lightpath.protecting)

    def direction_changed(self, direction: Direction, passes: bool, now_ns: int) -> bool:
        """One thing less or more stops light that enters a fibre; return whether it matters."""
        changed = self._light.change(direction, passes)
        if changed:
            for arrival in self._light.arrivals(direction, now_ns):
                self._timeline.add(self._arrive(arrival, direction, passes), background=True)
            self._fibres.changed(direction, passes, now_ns)
        return changed

    def loss_changed(self, event: dict[str, Any]) -> None:
        """Extra loss on fibres changed: receivers see it when light gets there."""
        changed = self._losses.change(event)
        for path in {path_id: r.path for (path_id, _), r in self.receivers.items()}.values():
            for site, first, figures in self._losses.affected(path, event, changed):
                rest_ns = self._light.rest_ns((path.id, site), first)
                if rest_ns is not None:
                    degrading = self._degrade((path.id, site), figures, rest_ns)
                    self._timeline.add(degrading, background=True)

    def node_changed(self, site: str, works: bool) -> bool:
        """A node's agents fall silent, or speak again; return whether that is a change."""
        before = self._down[site]
        self._down[site] += -1 if works else 1
        return (before == 0) is not (self._down[site] == 0)

    def enable(self, path: Path) -> None:
        """Let a path's receivers watch the light, and frames pass."""
        now_ns = self._timeline.now_ns
        self._add_receivers(path)
        for key in self._light.add(path):
            self.receivers[key].lit = False
        keys = [(path.id, end.site) for end in path.ends]
        for key in keys:
            self.receivers[key].degrade(self._losses.figures(path, key[1]))
            if key in self.groups:
                self._measure_skew(self.groups[key], key[1])
        self._set_selectors(key for key in keys if key in self.groups)
        self._set_netem(keys)
        for key in keys:
            self._look(key, now_ns)

    def _measure_skew(self, group: Group, site: str) -> None:
        """Let a selector know the delays of its paths, of which one has changed."""
        working, protecting = (self.receivers.get((group.paths[side], site)) for side in Side)
        if working is not None and protecting is not None:
            skew_ns = protecting.path.latency.total_ns - working.path.latency.total_ns
            group.selector.paths_changed(skew_ns)

    def disable(self, path_id: str) -> None:
        """Let nothing pass and forget a path's receivers."""
        self._light.remove(path_id)
        gone = [receiver for key, receiver in self.receivers.items() if key[0] == path_id]
        for receiver in gone:
            receiver.muted = True
        self._set_netem((path_id, receiver.end.site) for receiver in gone)
        for receiver in gone:
            del self.receivers[path_id, receiver.end.site]

    def adjust(self, path: Path) -> None:
        """Take a path's new rate and frame loss."""
        keys = [(path.id, end.site) for end in path.ends]
        for key in keys:
            self.receivers[key].path = path
            self.receivers[key].degrade(self._losses.figures(path, key[1]))
        self._set_netem(keys)

    def protect(self, lightpath: str, working: Path, protecting: Path) -> None:
        """Let the receivers at both ends select, beginning with the working path."""
        paths = {Side.WORKING: working.id, Side.PROTECTING: protecting.id}
        skew_ns = protecting.latency.total_ns - working.latency.total_ns
        for end in working.ends:
            group = Group(lightpath, Selector(self._parameters, skew_ns), paths)
            for path_id in paths.values():
                self.groups[path_id, end.site] = group
        self._set_selectors(key for key, g in self.groups.items() if g.lightpath == lightpath)

    def unprotect(self, lightpath: str) -> None:
        """End the selection: what comes on either path passes."""
        keys = [key for key, group in self.groups.items() if group.lightpath == lightpath]
        for key in keys:
            del self.groups[key]
            if key in self.receivers:
                self.receivers[key].muted = False
        self._set_netem(key for key in keys if key in self.receivers)

    def _add_receivers(self, path: Path) -> None:
        for end in path.ends:
            serialises = end.site in self._plan.site_by_id
            receiver = Receiver.of(path, end, self._parameters.detection_ns, serialises)
            self.receivers[path.id, end.site] = receiver

    def _arrive(self, arrival: Arrival, direction: Direction, lit: bool) -> Activity:
        yield At(arrival.at_ns / 1e9)
        present = self._light.seen(arrival.receiver, direction, lit)
        if present is not None:
            self.receivers[arrival.receiver].lit = present
            self._look(arrival.receiver, arrival.at_ns)

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
        receiver.look(now_ns)
        self._judge(key, now_ns)
        self._timers.changed()

    def _judge(self, key: Key, now_ns: int) -> None:
        """Raise and clear alarms, and let the selector know."""
        receiver = self.receivers[key]
        due = receiver.due_alarms()
        for kind in sorted(receiver.alarms ^ due):
            self._report(key[1], PathAlarm(kind, *key, raised=kind in due))
        receiver.alarms = due
        if (group := self.groups.get(key)) is not None:
            last_ns = receiver.failure.dark_since_ns
            group.selector.condition(group.side(key[0]), receiver.condition, now_ns, last_ns)

    def _clocks(self) -> Iterable[Detector | Selector]:
        for receiver in self.receivers.values():
            yield from (receiver.failure, receiver.degradation)
        yield from (group.selector for group in self.groups.values())

    def _next_timer(self) -> int | None:
        timers = (clock.next_timer() for clock in self._clocks())
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def _handle_timers(self, now_ns: int) -> None:
        for key, receiver in self.receivers.items():
            if receiver.handle_timer(now_ns):
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
            group, receiver = self.groups[key], self.receivers.get(key)
            if receiver is None:
                continue  # a copy that is being restored
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
