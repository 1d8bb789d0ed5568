"""Alarms that are active, and the fibres that they say have failed. Pure."""

from __future__ import annotations

from apn_emu.control.managed import Managed
from apn_emu.control.requests import Alarm

OMS_LOS = "OMS-LOS"
"""Loss of all light of a fibre (optical multiplex section, ITU-T G.798)."""

NOT_RESTORED, SWITCH_LOST = "NOT-RESTORED", "SWITCH-LOST"


class Alarms:
    """Active alarms by kind and resource. A resource names what it is about, as `PATH at SITE`."""

    def __init__(self) -> None:
        self._active: dict[tuple[str, str], Alarm] = {}
        self._failed: set[tuple[str, str]] = set()

    @property
    def active(self) -> tuple[Alarm, ...]:
        """All active alarms, oldest first."""
        return tuple(self._active.values())

    @property
    def failed_fibres(self) -> set[str]:
        """Fibre pairs of which a direction has lost all its light."""
        return {fibre for fibre, _ in self._failed}

    def raise_alarm(self, alarm: Alarm) -> bool:
        """Note an alarm; return whether it was not active before."""
        new = (alarm.kind, alarm.resource) not in self._active
        if new:
            self._active[alarm.kind, alarm.resource] = alarm
        return new

    def clear(self, kind: str, resource: str) -> Alarm | None:
        """End an alarm; return it if it was active."""
        return self._active.pop((kind, resource), None)

    def fibre(self, fibre: str, source: str, raised: bool) -> None:
        """Note that a direction of a fibre, from node `source`, lost its light or has it back."""
        (self._failed.add if raised else self._failed.discard)((fibre, source))

    def forget(self, managed: Managed) -> None:
        """End all alarms about the paths of a lightpath that is no more."""
        about = {path.id for path in managed.lightpath.paths}
        gone = [key for key in self._active if key[1].partition(" at ")[0] in about]
        for key in gone:
            del self._active[key]
