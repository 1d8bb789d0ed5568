"""The selectors of 1+1 lightpaths, over the receivers of both their paths."""

from __future__ import annotations

from collections.abc import Iterable

from apn_emu.control.light import Receiver as Key
from apn_emu.control.protection import Selector, Side
from apn_emu.control.reports import Reports
from apn_emu.control.transponders import Switched
from apn_emu.emulation.receivers import Group, Receiver
from apn_emu.planning.parameters import ControlParameters
from apn_emu.planning.plan import Path


class Selection:
    """Mutes the copies that no client gets. Methods return the receivers that this changed."""

    def __init__(
        self, parameters: ControlParameters, receivers: dict[Key, Receiver], reports: Reports
    ) -> None:
        self._parameters, self._receivers, self._reports = parameters, receivers, reports
        self._groups: dict[Key, Group] = {}

    def protect(self, lightpath: str, working: Path, protecting: Path) -> list[Key]:
        """Let the receivers at both ends select, beginning with the working path."""
        paths = {Side.WORKING: working.id, Side.PROTECTING: protecting.id}
        skew_ns = protecting.latency.total_ns - working.latency.total_ns
        keys = []
        for end in working.ends:
            group = Group(lightpath, Selector(self._parameters, skew_ns), paths)
            for path_id in paths.values():
                self._groups[path_id, end.site] = group
                keys.append((path_id, end.site))
        return self._mute(keys)

    def unprotect(self, lightpath: str) -> list[Key]:
        """End the selection: what comes on either path passes."""
        keys = [key for key, group in self._groups.items() if group.lightpath == lightpath]
        for key in keys:
            del self._groups[key]
        self._reports.forget(Switched, lightpath)
        heard = [key for key in keys if key in self._receivers]
        for key in heard:
            self._receivers[key].muted = False
        return heard

    def path_changed(self, key: Key) -> None:
        """Take a path that is lit anew, with other delays perhaps."""
        if (group := self._groups.get(key)) is None:
            return
        working, protecting = (self._receivers.get((group.paths[side], key[1])) for side in Side)
        if working is not None and protecting is not None:
            skew_ns = protecting.path.latency.total_ns - working.path.latency.total_ns
            group.selector.paths_changed(skew_ns)
        self._mute([key])

    def judge(self, key: Key, now_ns: int) -> None:
        """Let the selector know what a receiver sees."""
        if (group := self._groups.get(key)) is not None:
            receiver = self._receivers[key]
            last_ns = receiver.failure.dark_since_ns
            group.selector.condition(group.side(key[0]), receiver.condition, now_ns, last_ns)

    def next_timer(self) -> int | None:
        """Return when a selector has something to do."""
        timers = (group.selector.next_timer() for group in self._groups.values())
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def handle_timer(self, now_ns: int) -> list[Key]:
        """Do what is due, and tell who has taken which path."""
        moved = []
        for key, group in self._groups.items():
            before = group.selector.selected
            side = group.selector.handle_timer(now_ns)
            if group.selector.selected is not before:
                moved += [(path, key[1]) for path in group.paths.values()]
            if side is not None:
                taken = Switched(group.lightpath, key[1], group.paths[side])
                self._reports.say(key[1], taken)
        return self._mute(moved)

    def _mute(self, keys: Iterable[Key]) -> list[Key]:
        """Let through the copy that each selector has taken, mute the other."""
        changed = []
        for key in dict.fromkeys(keys):
            group, receiver = self._groups[key], self._receivers.get(key)
            if receiver is None:
                continue  # a copy that is being restored
            muted = group.selector.selected is not group.side(key[0])
            if muted is not receiver.muted:
                receiver.muted = muted
                changed.append(key)
        return changed
