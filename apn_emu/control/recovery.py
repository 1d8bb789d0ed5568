"""What the controller does when light is lost: 1:1 protection, restoration, and the way back.

1+1 is switched by the transponders themselves; here only a lost copy is restored where that was
asked. All restorations of one failure are computed together, after the stated computing time, the
highest priority first.
"""

from __future__ import annotations

from apn_emu.control.alarms import NOT_RESTORED
from apn_emu.control.core import Core
from apn_emu.control.lifecycle import Lifecycles
from apn_emu.control.managed import Managed
from apn_emu.control.preemption import preempt
from apn_emu.control.procedures import Procedure, Ticket, Timer
from apn_emu.control.requests import Alarm, EventKind, Operational, Refused
from apn_emu.control.rerouting import Rerouting
from apn_emu.planning.lightpaths import RESTORED, Path

HOLD_OFF, RESTORE = "hold-off", "wait-to-restore"


class Recovery:
    """Looks at lightpaths whose light has changed and starts what helps."""

    def __init__(self, core: Core, lifecycles: Lifecycles) -> None:
        self._core = core
        self._rerouting = Rerouting(core, lifecycles)
        self._lifecycles = lifecycles
        self._computing: Timer | None = None

    def consider(self, managed: Managed) -> None:
        """Start, cancel or leave alone what the light of a lightpath calls for."""
        if managed.busy or not managed.in_service:
            return
        self._tell_operational(managed)
        for path_id in [p for p in managed.unrestored if not managed.is_dark(p)]:
            self._no_longer_unrestored(managed, path_id)
        if self._wants_help(managed):
            managed.cancel(RESTORE)
            self._start_timer(managed, HOLD_OFF, self._core.parameters.hold_off_ns)
            return
        managed.cancel(HOLD_OFF)
        if self._wants_to_return(managed):
            self._start_timer(managed, RESTORE, self._core.parameters.wait_to_restore_ns)
        else:
            managed.cancel(RESTORE)

    def retry(self) -> None:
        """Try again what could not be restored: something was repaired or became free."""
        for managed in list(self._core.managed.values()):
            managed.barred.clear()
            self.consider(managed)
            if managed.unrestored or managed.preempted:
                self._compute()

    def _wants_help(self, managed: Managed) -> bool:
        if managed.request.protection == "1:1":
            active = managed.active.id
            fit = active not in managed.barred and self._standby(managed) is not None
            return managed.is_dark(active) and fit
        return bool(self._to_restore(managed))

    def _to_restore(self, managed: Managed) -> list[Path]:
        if managed.request.protection not in RESTORED:
            return []
        paths = managed.lightpath.paths
        return [p for p in paths if managed.is_dark(p.id) and p.id not in managed.barred]

    def _standby(self, managed: Managed) -> Path | None:
        """Return the other path of a 1:1 lightpath if that has light."""
        active = managed.active.id
        others = [path for path in managed.lightpath.paths if path.id != active]
        return next((path for path in others if not managed.is_dark(path.id)), None)

    def _wants_to_return(self, managed: Managed) -> bool:
        if not self._core.parameters.revertive:
            return False
        if managed.request.protection == "1:1":
            active = managed.active.id
            away = active not in (managed.id, *managed.barred)
            return away and not managed.is_dark(managed.id)
        return bool(self._returning(managed))

    def _returning(self, managed: Managed) -> list[Path]:
        """Return the first paths whose fibres and nodes all work again."""
        unusable = self._core.unusable()
        return [
            path
            for path in managed.home.values()
            if unusable.isdisjoint((*path.fibres, *path.route))
        ]

    def _start_timer(self, managed: Managed, name: str, duration_ns: int) -> None:
        if name in managed.timers:
            return
        procedures = self._core.procedures
        call = self._help if name == HOLD_OFF else self._return

        def due() -> None:
            del managed.timers[name]
            call(managed)

        managed.timers[name] = procedures.at(procedures.now_ns + duration_ns, due)

    def _help(self, managed: Managed) -> None:
        if managed.busy or not self._wants_help(managed):
            return
        if managed.request.protection == "1:1":
            standby = self._standby(managed)
            assert standby is not None, "that is what it wants"
            self._start(managed, self._rerouting.switch(managed, standby))
        elif any(path.id not in managed.unrestored for path in self._to_restore(managed)):
            self._compute()

    def _return(self, managed: Managed) -> None:
        if managed.busy or not self._wants_to_return(managed):
            return
        if managed.request.protection == "1:1":
            self._start(managed, self._rerouting.switch(managed, managed.lightpath))
            return
        for home in self._returning(managed):
            if self._rerouting.take_home(managed, home):
                self._start(managed, self._rerouting.move(managed, home))
                return

    def _compute(self) -> None:
        """Let the computing time pass, in which further failures join."""
        if self._computing is None:
            procedures = self._core.procedures
            due_ns = procedures.now_ns + self._core.parameters.computing_ns
            self._computing = procedures.at(due_ns, self._computed)

    def _computed(self) -> None:
        self._computing = None
        waiting = [m for m in self._core.managed.values() if not m.busy]
        for managed in sorted(waiting, key=lambda m: -m.request.priority):
            if managed.preempted:
                self._readmit(managed)
            for path in self._to_restore(managed) if managed.in_service else ():
                if not managed.busy:
                    self._restore(managed, path)

    def _readmit(self, managed: Managed) -> None:
        """Set a pre-empted lightpath up again if it may be restored and there is room now."""
        if managed.request.protection not in RESTORED or managed.busy:
            return
        found: list[Path] = []
        try:
            for path in managed.lightpath.paths:
                found.append(self._rerouting.readmit(managed, path))
        except Refused:
            for path in found:
                self._core.resources.darken(path.id)
            return
        managed.preempted = False
        managed.unrestored.clear()
        self._start(managed, self._lifecycles.set_up(managed))

    def _restore(self, managed: Managed, path: Path) -> None:
        """Find a new route for a dark path and start to move there, or say why there is none."""
        first: list[Ticket] = []
        try:
            found = self._rerouting.find(managed, path)
        except Refused as refused:
            victims = preempt(self._core, managed, lambda: self._rerouting.find(managed, path))
            if victims is None:
                self._not_restored(managed, path, refused)
                return
            found, preempted = victims
            first = [self._darken(victim, managed) for victim in preempted]
        self._no_longer_unrestored(managed, path.id)
        self._start(managed, self._rerouting.move(managed, found, first))

    def _darken(self, victim: Managed, by: Managed) -> Ticket:
        """Let a pre-empted lightpath leave; the ticket is closed when it has."""
        for name in (HOLD_OFF, RESTORE):
            victim.cancel(name)
        for path in victim.lightpath.paths:
            self._no_longer_unrestored(victim, path.id)
            self._core.resources.end_reservation(path.id)
        victim.home.clear()
        gone = Ticket()
        self._start(victim, self._lifecycles.preempted(victim, by.id, gone))
        return gone

    def _start(self, managed: Managed, procedure: Procedure) -> None:
        managed.busy = True
        self._core.procedures.start(procedure)

    def _not_restored(self, managed: Managed, path: Path, refused: Refused) -> None:
        core = self._core
        known = managed.unrestored.get(path.id)
        managed.unrestored[path.id] = (refused.code, refused.text)
        if known == managed.unrestored[path.id]:
            return
        now_ns = core.procedures.now_ns
        alarm = Alarm(NOT_RESTORED, path.id, now_ns, (managed.id,), str(refused))
        if core.alarms.raise_alarm(alarm):
            core.emit_alarm(alarm, raised=True)
        core.emit(
            EventKind.NOT_RESTORED,
            managed.id,
            path=path.id,
            code=refused.code,
            text=refused.text,
        )

    def _no_longer_unrestored(self, managed: Managed, path_id: str) -> None:
        managed.unrestored.pop(path_id, None)
        if alarm := self._core.alarms.clear(NOT_RESTORED, path_id):
            self._core.emit_alarm(alarm, raised=False)

    def _tell_operational(self, managed: Managed) -> None:
        state = Operational.ENABLED if managed.works() else Operational.DISABLED
        if managed.operational is not state:
            managed.operational = state
            self._core.emit_state(managed)
