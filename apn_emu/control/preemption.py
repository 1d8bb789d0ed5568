"""Pre-emption: which lightpaths of lower priority must give way to a restoration."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.control.core import Core
from apn_emu.control.managed import Managed
from apn_emu.control.requests import Refused
from apn_emu.planning.lightpaths import Path


def preempt(
    core: Core, managed: Managed, find: Callable[[], Path]
) -> tuple[Path, list[Managed]] | None:
    """Return the path that `find` finds once others gave their spectrum, and who must go for it.

    The least priority gives way first, of one priority the youngest; whoever turns out not to be in
    the way keeps everything. None where pre-emption is off or does not help: nothing has changed.
    """
    if not core.parameters.preemption:
        return None
    lower = [
        other
        for other in reversed(core.managed.values())
        if other.request.priority < managed.request.priority and other.in_service and not other.busy
    ]
    gone: list[Managed] = []
    for victim in sorted(lower, key=lambda other: other.request.priority):
        gone.append(victim)
        for path in victim.lightpath.paths:
            core.resources.darken(path.id)
        try:
            found = find()
        except Refused:
            continue
        return found, [other for other in gone if not _spared(core, other)]
    for victim in gone:
        for path in victim.lightpath.paths:
            core.resources.take_over(path)
    return None


def _spared(core: Core, victim: Managed) -> bool:
    """Give a victim its spectrum back if all of it is still free."""
    taken: list[Path] = []
    for path in victim.lightpath.paths:
        if not core.resources.fits(path):
            for other in taken:
                core.resources.darken(other.id)
            return False
        core.resources.take_over(path)
        taken.append(path)
    return True
