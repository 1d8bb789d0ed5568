"""How a sweep goes on: a bar with the time left, or a line a point."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from apn_emu.engine.running import Run
from apn_emu.sweeps.axes import Point
from apn_emu.sweeps.outcome import Outcome
from apn_emu.sweeps.sweeping import Listener

_MEMORY_S = 600.0
"""Points from how far back count for the time left: a point takes from seconds to minutes."""


class Progress(Listener):
    """Shows a bar on a terminal, and otherwise a line for each point that was run."""

    def __init__(self, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        left = TimeRemainingColumn(compact=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), left)
        self._bar = Bar(
            *columns,
            console=self._console,
            transient=True,
            disable=quiet or not self._console.is_terminal,
            speed_estimate_period=_MEMORY_S,
        )
        self._task = self._bar.add_task("running", total=None)
        self._points = self._to_run = self._run = 0

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *exception: object) -> None:
        self._bar.stop()
        if kind is KeyboardInterrupt and self._to_run:
            left = f"{self._to_run - self._run} of {self._to_run}"
            self._console.print(f"left to run: {left}; the same command goes on with them")

    def begin(self, points: int, to_run: int) -> None:
        """Show how much there is to do."""
        self._points, self._to_run = points, to_run
        self._bar.update(self._task, total=to_run)
        known = f", {points - to_run} of them known" if points > to_run else ""
        self._console.print(f"{points} points{known}")

    def done(self, point: Point, outcome: Outcome, kept: bool) -> None:
        """Show that a point is done."""
        if kept:
            return
        self._run += 1
        self._bar.advance(self._task)
        if not self._console.is_terminal:
            failed = "" if isinstance(outcome, Run) else ": FAILED"
            self._console.print(f"{self._run} of {self._to_run}: {point.label}{failed}")
