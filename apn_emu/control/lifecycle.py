"""Setting lightpaths up, changing and removing them, step by step; each refusal undoes all.

A set-up tunes the transponders, cross-connects the ROADMs, switches the lasers on, lets the
amplifiers settle, and opens the shelves last: no frame passes before the lightpath is INSTALLED and
ENABLED. Removal goes the other way round, light first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from apn_emu.control.batches import FirstSync, key_of
from apn_emu.control.core import Core
from apn_emu.control.managed import SHELVES, Managed
from apn_emu.control.procedures import Failure, Pause, Procedure, Ticket, Wait
from apn_emu.control.requests import (
    Administrative,
    Code,
    EventKind,
    Lifecycle,
    Operational,
)
from apn_emu.control.transponders import Adjust, Disable, Enable, Protect, Tune, Unprotect
from apn_emu.planning.lightpaths import ONE_PLUS_ONE, Path
from apn_emu.planning.paths import queue_bytes


class Lifecycles:
    """The procedures of a lightpath's life."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def light(self, managed: Managed, synced: Sequence[FirstSync]) -> Procedure:
        """Confirm a lightpath of the plan, whose rules go out as its switches connect.

        Its transponders hold it from the start.
        """
        managed.tuned = {path.id for path in managed.lightpath.paths}
        yield Wait(synced, lenient=True)
        own = {(rule.dpid, key_of(rule)) for rule in managed.rules()}
        for switch in synced:
            for entry, reason in switch.refused:
                if (entry.dpid, key_of(entry)) in own:
                    text = f"switch {entry.dpid:#x} refused a rule: {reason}"
                    yield from self.remove(managed, Failure(Code.SWITCH_REFUSED, text))
                    return
        if managed.doomed:
            yield from self.remove(managed)
            return
        self._in_service(managed)
        self._core.emit_state(managed)
        if managed.id not in self._core.plan.lightpath_by_id:
            yield replace(self._core.forward(), lenient=True)
        self._core.let_go(managed)

    def set_up(self, managed: Managed) -> Procedure:
        """Set a new lightpath up, whole or not at all."""
        core, paths = self._core, managed.lightpath.paths
        try:
            yield Wait([self.tune(managed, path) for path in paths])
            self._go_on(managed)
            yield Wait([t for path in paths for t in self.cross_connect(managed, path)])
            yield Pause(core.parameters.wss_ns)
            self._go_on(managed)
            yield Wait([self.enable(path) for path in paths])
            if managed.request.protection in ONE_PLUS_ONE:
                yield Wait([self._protect(managed)])
            yield Pause(core.parameters.amplifier_ns)
            self._go_on(managed)
            yield Wait(core.install(managed, SHELVES, managed.shelf_rules(core.plan)))
            self._in_service(managed)
            yield core.forward()
            core.emit_state(managed)  # who waited for it may send now
        except Failure as failure:
            yield from self.remove(managed, failure)
            return
        self._core.let_go(managed)

    def remove(self, managed: Managed, failure: Failure | None = None) -> Procedure:
        """Take a lightpath away, light first; `failure` says why its set-up is undone.

        A switch that is lost or refuses is no matter: it is put right when it connects.
        """
        core = self._core
        managed.busy = True
        managed.lifecycle = Lifecycle.PENDING_REMOVAL
        managed.administrative = Administrative.LOCKED
        managed.operational = Operational.DISABLED
        core.emit_state(managed)
        if managed.id in core.plan.lightpath_by_id:
            yield replace(core.forward(), lenient=True)
        yield Wait([*core.remove(managed, [SHELVES]), *self.darken(managed)], lenient=True)
        yield Wait(core.remove(managed, list(managed.installed)), lenient=True)
        core.release(managed)
        if failure is None or failure.code is Code.CANCELLED:
            core.emit(EventKind.REMOVED, managed.id)
        else:
            core.emit(EventKind.REFUSED, managed.id, code=failure.code, text=failure.text)

    def preempted(self, managed: Managed, by: str, gone: Ticket) -> Procedure:
        """Darken a lightpath whose spectrum was given to another; it keeps id and transponders.

        `gone` is closed when its last rule has left.
        """
        core = self._core
        managed.lifecycle, managed.operational = Lifecycle.PLANNED, Operational.DISABLED
        managed.preempted = True
        reason = (Code.PREEMPTED, f"{by} has its place")
        managed.unrestored = {path.id: reason for path in managed.lightpath.paths}
        core.emit(EventKind.PREEMPTED, managed.id, by=by)
        core.emit_state(managed)
        yield replace(core.forward(), lenient=True)
        yield Wait([*core.remove(managed, [SHELVES]), *self.darken(managed)], lenient=True)
        yield Wait(core.remove(managed, list(managed.installed)), lenient=True)
        gone.close()
        core.let_go(managed)

    def modify(self, managed: Managed, rate_bps: int) -> Procedure:
        """Change the rate of a lightpath that is lit, without interruption."""
        core, before = self._core, managed.lightpath
        depth = queue_bytes(core.plan.equipment, rate_bps)
        try:
            yield Wait(
                [
                    core.agents.order(partial(_adjust, replace(path, rate_bps=rate_bps), depth))
                    for path in before.paths
                ]
            )
        except Failure as failure:
            back = [partial(_adjust, path, before.queue_bytes) for path in before.paths]
            yield Wait([core.agents.order(make) for make in back], lenient=True)
            core.emit(EventKind.REFUSED, managed.id, code=failure.code, text=failure.text)
        else:
            for path in before.paths:
                managed.put_path(replace(managed.path(path.id), rate_bps=rate_bps))
            managed.lightpath = replace(managed.lightpath, queue_bytes=depth)
            managed.request = replace(managed.request, rate_bps=rate_bps)
            core.emit_state(managed)
        self._core.let_go(managed)

    def tune(self, managed: Managed, path: Path) -> Ticket:
        """Tune the transponders of a path; what was dark there is over when they have done so."""
        managed.tuned.add(path.id)
        depth = managed.lightpath.queue_bytes
        ticket = self._core.agents.order(lambda order: Tune(order, path, depth))
        ticket.then(lambda: self._core.new_light(managed, path))
        return ticket

    def enable(self, path: Path) -> Ticket:
        """Switch the lasers of a path on."""
        return self._core.agents.order(lambda order: Enable(order, path.id))

    def cross_connect(self, managed: Managed, path: Path) -> list[Ticket]:
        """Cross-connect the ROADMs of a path, in the place of those that it had."""
        core = self._core
        return core.install(managed, path.id, managed.cross_connects(core.plan, path))

    def darken(self, managed: Managed) -> list[Ticket]:
        """Switch the lasers of all paths off."""
        order, name = self._core.agents.order, managed.id
        tickets = []
        if managed.request.protection in ONE_PLUS_ONE and managed.tuned:
            tickets.append(order(lambda number: Unprotect(number, name)))
        for path_id in sorted(managed.tuned):
            tickets.append(order(partial(_disable, path_id)))
        managed.tuned.clear()
        return tickets

    def _protect(self, managed: Managed) -> Ticket:
        working, protecting = managed.lightpath.paths
        return self._core.agents.order(
            lambda order: Protect(order, managed.id, working.id, protecting.id)
        )

    def _in_service(self, managed: Managed) -> None:
        managed.lifecycle = Lifecycle.INSTALLED
        managed.operational = Operational.ENABLED if managed.works() else Operational.DISABLED

    def _go_on(self, managed: Managed) -> None:
        if managed.doomed:
            raise Failure(Code.CANCELLED, "it was deleted while it was set up")


def _adjust(path: Path, depth_bytes: int, order: int) -> Adjust:
    return Adjust(order, path, depth_bytes)


def _disable(path_id: str, order: int) -> Disable:
    return Disable(order, path_id)
