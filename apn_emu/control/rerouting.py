"""Moving a lightpath's light: to a new route, back to the first one, or to the standby path."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from apn_emu.control.core import Core
from apn_emu.control.lifecycle import Lifecycles
from apn_emu.control.managed import SHELVES, Managed
from apn_emu.control.procedures import Failure, Pause, Procedure, Ticket, Wait
from apn_emu.control.requests import EventKind
from apn_emu.planning.lightpaths import ONE_PLUS_ONE, Path


class Rerouting:
    """Finds routes and carries moves out."""

    def __init__(self, core: Core, lifecycles: Lifecycles) -> None:
        self._core = core
        self._lifecycles = lifecycles

    def find(self, managed: Managed, path: Path) -> Path:
        """Return a dark path on a new route, its spectrum taken; raise `Refused`.

        Without what is known to have failed, and where nothing is known, without all of its old
        links. A copy stays disjoint from the other one while that has light. The old spectrum is
        kept until the move has succeeded, that of the first route until it is back there.
        """
        core = self._core
        avoid = core.unusable()
        core.check_ends(managed.sites)
        if avoid.isdisjoint((*path.fibres, *path.route)):
            avoid.update(path.fibres)
        for other in managed.lightpath.paths:
            if other.id != path.id and not managed.is_dark(other.id):
                avoid |= core.resources.apart_from(other, managed.request.disjoint)
        found = core.resources.reroute(path, managed.request, avoid)
        if core.parameters.revertive:
            core.resources.reserve(path.id, managed.home.setdefault(path.id, path))
        core.resources.reserve(_leaving(path), path)
        return found

    def readmit(self, managed: Managed, path: Path) -> Path:
        """Return a path of a pre-empted lightpath on a route that is free now; raise `Refused`."""
        core = self._core
        core.check_ends(managed.sites)
        avoid = core.unusable()
        if path.id != managed.id:
            avoid |= core.resources.apart_from(managed.lightpath, managed.request.disjoint)
        found = core.resources.reroute(path, managed.request, avoid)
        managed.put_path(found)
        return found

    def take_home(self, managed: Managed, home: Path) -> bool:
        """Take the spectrum of a first path in the place of the present one, if it is fit."""
        resources, now = self._core.resources, managed.path(home.id)
        resources.darken(home.id)
        resources.end_reservation(home.id)
        fit = resources.fits(home)
        resources.take_over(home if fit else now)
        if fit:
            resources.reserve(_leaving(now), now)
        else:
            resources.reserve(home.id, home)
        return fit

    def switch(self, managed: Managed, standby: Path) -> Procedure:
        """Let the other path of a 1:1 lightpath carry the frames: both shelves are rewritten."""
        core = self._core
        before = dict(managed.selected)
        managed.select(standby.id)
        try:
            yield Wait(core.install(managed, SHELVES, managed.shelf_rules(core.plan)))
        except Failure as failure:
            managed.selected = before
            managed.barred[managed.active.id] = failure
            rules = managed.shelf_rules(core.plan)
            yield Wait(core.install(managed, SHELVES, rules), lenient=True)
            core.emit(EventKind.REFUSED, managed.id, code=failure.code, text=failure.text)
        else:
            for site in managed.sites:
                core.emit(EventKind.SWITCHED, managed.id, site=site, path=standby.id)
        core.let_go(managed)

    def move(self, managed: Managed, path: Path, first: Sequence[Ticket] = ()) -> Procedure:
        """Move to the route that was taken for a path; on a refusal go back to the old one.

        `first` are what must have left before.
        """
        core, old = self._core, managed.path(path.id)
        returning = managed.home.get(path.id) == path
        try:
            yield Wait(first, lenient=True)
            yield from self._place(managed, path)
        except Failure as failure:
            core.emit(EventKind.REFUSED, managed.id, code=failure.code, text=failure.text)
            managed.barred[path.id] = failure
            self._give_back(managed, old, path, returning)
            try:
                yield from self._place(managed, old)
            except Failure as again:
                yield from self._lifecycles.remove(managed, again)
                return
        else:
            core.resources.end_reservation(_leaving(path))
            if returning:
                del managed.home[path.id]
            core.emit(
                EventKind.RESTORED, managed.id, path=path.id, route=path.route, reverted=returning
            )
            core.freed()
        core.let_go(managed)

    def _place(self, managed: Managed, path: Path) -> Procedure:
        """Give a path another route: nothing passes on it before all its steps are done."""
        core, lives = self._core, self._lifecycles
        managed.put_path(path)
        if managed.request.protection not in ONE_PLUS_ONE:  # else the other copy goes on
            core.remove(managed, [SHELVES])
        yield Wait([lives.tune(managed, path)])
        yield Wait(lives.cross_connect(managed, path))
        yield Pause(core.parameters.wss_ns)
        yield Wait([lives.enable(path)])
        yield Pause(core.parameters.amplifier_ns)
        yield Wait(core.install(managed, SHELVES, managed.shelf_rules(core.plan)))
        yield replace(core.forward(), lenient=True)

    def _give_back(self, managed: Managed, old: Path, path: Path, returning: bool) -> None:
        """Let the allocator's books be as they were before the move."""
        resources = self._core.resources
        resources.darken(old.id)
        resources.end_reservation(_leaving(old))
        if returning:
            resources.take_over(old)
            resources.reserve(path.id, path)
            return
        if managed.home.get(old.id) == old:
            del managed.home[old.id]
            resources.end_reservation(old.id)
        resources.take_over(old)


def _leaving(path: Path) -> str:
    """Return the name under which the spectrum of a path is kept while it is left."""
    return f"{path.id} leaving"
