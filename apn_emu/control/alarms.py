"""Alarms that are active, and the fibres that they say have failed. Pure."""

from __future__ import annotations

from apn_emu.control.requests import Alarm
from apn_emu.planning.lightpaths import Path

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

    def about(self, path: Path) -> list[Alarm]:
        """Return the active alarms of a path's receivers."""
        places = {receiver(path.id, end.site) for end in path.ends}
        return [alarm for alarm in self._active.values() if alarm.resource in places]


def receiver(path_id: str, site: str) -> str:
    """Return the resource that stands for the receiver of a path at a site."""
    return f"{path_id} at {site}"
