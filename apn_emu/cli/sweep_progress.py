"""How a sweep goes on: a bar with the time left, or a line a point."""

from __future__ import annotations

from datetime import timedelta

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, ProgressColumn, Task, TextColumn
from rich.progress import Progress as Bar
from rich.text import Text

from apn_emu.engine.running import Run
from apn_emu.sweeps.axes import Point
from apn_emu.sweeps.outcome import Outcome
from apn_emu.sweeps.sweeping import Listener


class _TimeLeft(ProgressColumn):
    """Time left if the rest takes as long as what is done did, on the average."""

    def render(self, task: Task) -> Text:
        """Return it as h:mm:ss, nothing before the first point is done."""
        if not task.completed or task.total is None or task.elapsed is None:
            return Text("")
        whole_s = task.fields["spent_s"] / task.completed * task.total
        left = timedelta(seconds=max(0, round(whole_s - task.elapsed)))
        return Text(f"{left} left")


class Progress(Listener):
    """Shows a bar on a terminal, and otherwise a line for each point that was run."""

    def __init__(self, quiet: bool) -> None:
        self._console = Console(stderr=True, quiet=quiet, highlight=False)
        self._bar = Bar(
            *(TextColumn("running"), BarColumn(), MofNCompleteColumn(), _TimeLeft()),
            console=self._console,
            transient=True,
            refresh_per_second=2,
            disable=quiet or not self._console.is_terminal,
        )
        self._task = self._bar.add_task("", total=1, visible=False, spent_s=0.0)
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
        self._bar.reset(self._task, total=to_run, visible=to_run > 0)
        known = f", {points - to_run} of them known" if points > to_run else ""
        self._console.print(f"{points} point{'s' if points != 1 else ''}{known}")

    def done(self, point: Point, outcome: Outcome, kept: bool) -> None:
        """Show that a point is done."""
        if kept:
            return
        self._run += 1
        spent_s = self._bar.tasks[0].elapsed
        self._bar.update(self._task, advance=1, spent_s=spent_s)
        if not self._console.is_terminal:
            failed = "" if isinstance(outcome, Run) else ": FAILED"
            self._console.print(f"{self._run} of {self._to_run}: {point.label}{failed}")
