"""Switches that connect, for the first time or again, and what they should hold then."""

from __future__ import annotations

from collections.abc import Iterable

from apn_emu.control.alarms import SWITCH_LOST
from apn_emu.control.batches import Batch, Entry, FirstSync
from apn_emu.control.core import Core
from apn_emu.control.lifecycle import Lifecycles
from apn_emu.control.managed import SHELVES
from apn_emu.control.monitoring import Monitoring
from apn_emu.control.procedures import Failure, Procedure, Wait
from apn_emu.control.requests import Code, EventKind
from apn_emu.control.rules import Rule


class Synchronisation:
    """Brings switches to their tables; the plan's lightpaths are lit as their switches connect."""

    def __init__(self, core: Core, lifecycles: Lifecycles, monitoring: Monitoring) -> None:
        self._core = core
        self._lifecycles = lifecycles
        self._monitoring = monitoring
        for managed in core.managed.values():
            managed.installed[SHELVES] = managed.shelf_rules(core.plan)
            for path in managed.lightpath.paths:
                managed.installed[path.id] = managed.cross_connects(core.plan, path)
            core.switches.want(managed.rules())
        for table in core.tables.values():
            core.switches.want(table.values())
        self._first = {dpid: FirstSync() for dpid in core.switches.dpids}
        for managed in core.managed.values():
            dpids = sorted({rule.dpid for rule in managed.rules()})
            first = [self._first[dpid] for dpid in dpids]
            core.procedures.start(lifecycles.light(managed, first))

    def connected(self, dpid: int, installed: Iterable[Entry] | None) -> None:
        """Send a switch what it lacks of its table."""
        core = self._core
        core.switches.lost(dpid)
        batch = core.switches.connected(dpid, installed)
        core.procedures.start(self._synced(dpid, batch))
        self._monitoring.clear(SWITCH_LOST, f"{dpid:#x}")
        core.freed()

    def lost(self, dpid: int) -> None:
        """Note that a switch has no connection."""
        core = self._core
        core.switches.lost(dpid)
        affected = (m.id for m in core.managed.values() if any(r.dpid == dpid for r in m.rules()))
        self._monitoring.raise_alarm(SWITCH_LOST, f"{dpid:#x}", affected)
        core.emit(EventKind.SWITCH, f"{dpid:#x}", connected=False)

    def _synced(self, dpid: int, batch: Batch) -> Procedure:
        """Tell when a switch holds what it should; a lightpath that it refuses now is undone."""
        yield Wait([batch], lenient=True)
        if batch.failure and batch.code is Code.SWITCH_UNREACHABLE:
            return
        core = self._core
        if first := self._first.pop(dpid, None):
            first.refused = batch.refused
            first.close()
        own = {managed.cookie: managed for managed in core.managed.values()}
        tables = []
        for entry, reason in batch.refused:
            managed = own.get(entry.cookie) if isinstance(entry, Rule) else None
            if managed is None:
                tables.append(reason)
            elif not managed.busy:
                managed.busy = True
                failure = Failure(batch.code, batch.failure)
                core.procedures.start(self._lifecycles.remove(managed, failure))
        core.emit(EventKind.SWITCH, f"{dpid:#x}", connected=True, refused=tuple(tables))
