"""Timers of pure state machines (`next_timer`, `handle_timer`) on the timeline."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.emulation.timeline import Activity, At, Timeline


class Timers:
    """Calls `handle(at_ns)` for each moment that `next_timer()` names, when it has come.

    The moment is handed on as it was due, so being woken some nanoseconds late adds up nowhere.
    """

    def __init__(
        self,
        timeline: Timeline,
        next_timer: Callable[[], int | None],
        handle: Callable[[int], None],
    ) -> None:
        self._timeline, self._next_timer, self._handle = timeline, next_timer, handle
        self._due_ns: int | None = None

    def changed(self) -> None:
        """Look at the timers again; to be called after whatever may have set one."""
        due_ns = self._next_timer()
        if due_ns is not None and (self._due_ns is None or due_ns < self._due_ns):
            self._due_ns = due_ns
            self._timeline.add(self._wake(due_ns), background=True)

    def _wake(self, due_ns: int) -> Activity:
        yield At(due_ns / 1e9)
        if self._due_ns == due_ns:
            self._due_ns = None
        while (next_ns := self._next_timer()) is not None and next_ns <= self._timeline.now_ns:
            self._handle(next_ns)
        self.changed()
