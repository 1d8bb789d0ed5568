"""What agents and ROADMs report, as alarms and as what the recovery looks at."""

from __future__ import annotations

from collections.abc import Iterable

from apn_emu.control.alarms import OMS_LOS, receiver
from apn_emu.control.core import Core
from apn_emu.control.recovery import Recovery
from apn_emu.control.requests import Alarm, EventKind
from apn_emu.control.transponders import (
    AlarmKind,
    Done,
    FibreAlarm,
    Notification,
    PathAlarm,
    Switched,
)

SIGNAL_FAILURES = (AlarmKind.LOS, AlarmKind.LOF)
"""Alarms of a path that brings no frames; the others only warn."""


class Monitoring:
    """Keeps the alarms and tells the recovery what has changed."""

    def __init__(self, core: Core, recovery: Recovery) -> None:
        self._core = core
        self._recovery = recovery

    def take(self, notification: Notification) -> None:
        """Take what an agent or a ROADM says."""
        core = self._core
        match notification:
            case Done():
                core.agents.done(notification)
            case PathAlarm():
                self._path_alarm(notification)
            case FibreAlarm():
                self._fibre_alarm(notification)
            case Switched(lightpath, site, path):
                if managed := core.managed.get(lightpath):
                    managed.selected[site] = path
                    core.emit(EventKind.SWITCHED, lightpath, site=site, path=path)

    def _path_alarm(self, alarm: PathAlarm) -> None:
        core = self._core
        managed = core.managed.get(alarm.path.partition("/")[0])
        if managed is None or alarm.path not in managed.tuned:
            return
        if alarm.kind in SIGNAL_FAILURES:
            change = managed.dark.add if alarm.raised else managed.dark.discard
            change((alarm.path, alarm.site, alarm.kind))
            if not alarm.raised and not managed.is_dark(alarm.path):
                managed.barred.pop(alarm.path, None)
        resource = receiver(alarm.path, alarm.site)
        if alarm.raised:
            self.raise_alarm(alarm.kind, resource, [managed.id], alarm.text)
        else:
            self.clear(alarm.kind, resource)
        self._recovery.consider(managed)

    def _fibre_alarm(self, alarm: FibreAlarm) -> None:
        core = self._core
        core.alarms.fibre(alarm.fibre, alarm.source, alarm.raised)
        resource = f"{alarm.fibre} from {alarm.source}"
        if alarm.raised:
            on_it = (
                managed.id
                for managed in core.managed.values()
                if any(alarm.fibre in path.fibres for path in managed.lightpath.paths)
            )
            self.raise_alarm(OMS_LOS, resource, on_it)
        else:
            self.clear(OMS_LOS, resource)
        self._recovery.retry()  # also when raised: it may be known now which links still work

    def raise_alarm(
        self, kind: str, resource: str, lightpaths: Iterable[str], text: str = ""
    ) -> None:
        """Raise an alarm now, unless it is active."""
        core = self._core
        alarm = Alarm(kind, resource, core.procedures.now_ns, tuple(lightpaths), text)
        if core.alarms.raise_alarm(alarm):
            core.emit_alarm(alarm, raised=True)

    def clear(self, kind: str, resource: str) -> None:
        """Clear an alarm, if it is active."""
        if alarm := self._core.alarms.clear(kind, resource):
            self._core.emit_alarm(alarm, raised=False)
