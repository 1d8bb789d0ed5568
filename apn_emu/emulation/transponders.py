"""The transponders' own control: see light come and go, switch 1+1 themselves, obey orders.

All sites' agents run here, in the session's process. They share nothing but the clock: what one
knows, another learns only by light or through the controller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from apn_emu.control.extra_loss import ExtraLoss
from apn_emu.control.light import Arrival, Direction, Light
from apn_emu.control.light import Receiver as Key
from apn_emu.control.reports import Reports, Statement
from apn_emu.control.transponders import PathAlarm
from apn_emu.emulation import netem
from apn_emu.emulation.fibre_monitors import FibreMonitors
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.receivers import Receiver
from apn_emu.emulation.selection import Selection
from apn_emu.emulation.timeline import Activity, At, Timeline
from apn_emu.emulation.timers import Timers
from apn_emu.planning.lightpaths import ONE_PLUS_ONE
from apn_emu.planning.plan import Path, Plan


class Transponders:
    """Every receiver of the network, with the 1+1 groups; `tell` takes what they report."""

    def __init__(
        self, plan: Plan, net: ApnNet, timeline: Timeline, tell: Callable[[Statement], None]
    ) -> None:
        self._plan, self._net, self._timeline = plan, net, timeline
        self._light = Light(plan.fibre_by_id, plan.paths)
        self._losses = ExtraLoss(plan)
        self._reports = Reports(tell)
        self._fibres = FibreMonitors(plan, timeline, self._reports.say)
        self._timers = Timers(timeline, self._next_timer, self._handle_timers)
        self.receivers: dict[Key, Receiver] = {}
        self._selection = Selection(plan.control, self.receivers, self._reports)
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
        return self._reports.node_changed(site, works)

    def enable(self, path: Path) -> None:
        """Let a path's receivers watch the light, and frames pass."""
        now_ns = self._timeline.now_ns
        self._add_receivers(path)
        for key in self._light.add(path):
            self.receivers[key].lit = False
        keys = [(path.id, end.site) for end in path.ends]
        for key in keys:
            self.receivers[key].degrade(self._losses.figures(path, key[1]))
            self.receivers[key].awaiting = True
            self._timeline.add(self._acquire(key, now_ns), background=True)
            self._selection.path_changed(key)
        self._set_netem(keys)
        for key in keys:
            self._look(key, now_ns)

    def disable(self, path_id: str) -> None:
        """Let nothing pass and forget a path's receivers."""
        self._light.remove(path_id)
        gone = [receiver for key, receiver in self.receivers.items() if key[0] == path_id]
        for receiver in gone:
            receiver.muted = True
        self._set_netem((path_id, receiver.end.site) for receiver in gone)
        for receiver in gone:
            del self.receivers[path_id, receiver.end.site]
        self._reports.forget(PathAlarm, path_id)

    def adjust(self, path: Path) -> None:
        """Take a path's new rate and frame loss."""
        keys = [(path.id, end.site) for end in path.ends]
        for key in keys:
            self.receivers[key].path = path
            self.receivers[key].degrade(self._losses.figures(path, key[1]))
        self._set_netem(keys)

    def protect(self, lightpath: str, working: Path, protecting: Path) -> None:
        """Let the receivers at both ends select, beginning with the working path."""
        self._set_netem(self._selection.protect(lightpath, working, protecting))

    def unprotect(self, lightpath: str) -> None:
        """End the selection: what comes on either path passes."""
        self._set_netem(self._selection.unprotect(lightpath))

    def _add_receivers(self, path: Path) -> None:
        for end in path.ends:
            serialises = end.site in self._plan.site_by_id
            receiver = Receiver.of(path, end, self._plan.control.detection_ns, serialises)
            self.receivers[path.id, end.site] = receiver

    def _acquire(self, key: Key, now_ns: int) -> Activity:
        """Let a receiver take what comes as soon as its new light has: frames that were under way
        when the path moved may follow it, up to the ROADM that was switched before them."""
        receiver = self.receivers[key]
        fibres = (self._plan.fibre_by_id[fibre] for fibre in receiver.path.fibres)
        yield At((now_ns + sum(fibre.delay_ns for fibre in fibres)) / 1e9)
        if self.receivers.get(key) is receiver:  # else retuned meanwhile
            receiver.awaiting = False
            self._set_netem([key])

    def _arrive(self, arrival: Arrival, direction: Direction, lit: bool) -> Activity:
        yield At(arrival.at_ns / 1e9)
        present = self._light.seen(arrival.receiver, direction, lit)
        if present is not None:
            self.receivers[arrival.receiver].lit = present
            self._look(arrival.receiver, arrival.at_ns)

    def _degrade(self, key: Key, figures: dict[str, Any], rest_ns: int) -> Activity:
        receiver, at_ns = self.receivers[key], self._timeline.now_ns + rest_ns
        yield At(at_ns / 1e9)
        if self.receivers.get(key) is receiver:  # else retuned meanwhile
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
            self._reports.say(key[1], PathAlarm(kind, *key, raised=kind in due))
        receiver.alarms = due
        self._selection.judge(key, now_ns)

    def _next_timer(self) -> int | None:
        detectors = (d for r in self.receivers.values() for d in (r.failure, r.degradation))
        timers = (clock.next_timer() for clock in (*detectors, self._selection))
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def _handle_timers(self, now_ns: int) -> None:
        for key, receiver in self.receivers.items():
            if receiver.handle_timer(now_ns):
                self._judge(key, now_ns)
        self._set_netem(self._selection.handle_timer(now_ns))

    def _set_netem(self, keys: Iterable[Key]) -> None:
        netem.change(
            (self._net.device(f"roadm-{r.end.site}", r.end.add_drop_port), r.netem())
            for r in map(self.receivers.__getitem__, keys)
        )
