"""What ROADMs see of whole fibres: all light of one is gone (OMS LOS, ITU-T G.798), or back."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.control.detection import Detector
from apn_emu.control.light import Direction
from apn_emu.control.transponders import FibreAlarm
from apn_emu.emulation.timeline import Activity, At, Timeline
from apn_emu.emulation.timers import Timers
from apn_emu.planning.plan import Plan


class FibreMonitors:
    """One monitor at the far end of each fibre; `report(site, alarm)` takes what they see."""

    def __init__(
        self, plan: Plan, timeline: Timeline, report: Callable[[str, FibreAlarm], None]
    ) -> None:
        self._plan, self._timeline, self._report = plan, timeline, report
        self._monitors: dict[Direction, Detector] = {}
        self._timers = Timers(timeline, self._next_timer, self._handle)

    def changed(self, direction: Direction, lit: bool, now_ns: int) -> None:
        """Light stops or begins to enter a fibre; its end sees it later."""
        self._timeline.add(self._arrive(direction, lit, now_ns), background=True)

    def _arrive(self, direction: Direction, lit: bool, now_ns: int) -> Activity:
        at_ns = now_ns + self._plan.fibre_by_id[direction[0]].delay_ns
        yield At(at_ns / 1e9)
        if direction not in self._monitors:
            self._monitors[direction] = Detector(self._plan.control.detection_ns)
        self._monitors[direction].light(lit, at_ns)
        self._timers.changed()

    def _next_timer(self) -> int | None:
        timers = (monitor.next_timer() for monitor in self._monitors.values())
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def _handle(self, now_ns: int) -> None:
        for direction, monitor in self._monitors.items():
            if monitor.handle_timer(now_ns):
                fibre = self._plan.fibre_by_id[direction[0]]
                end = fibre.b if direction[1] == fibre.a else fibre.a
                self._report(end, FibreAlarm(*direction, raised=monitor.failed))
