"""What runs when: activities as generators that say what they wait for, as SimPy's processes do.

One thread, no callbacks: an activity yields a moment, a process or another activity, and goes on
when that has come; the value of the `yield` is the process's exit code or the activity's result.
The clock is the machine's own (virtual in the embedded engine).
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Protocol

Activity = Generator["At | Exit | Task", Any, Any]


@dataclass(frozen=True)
class At:
    """Wait until a moment of the timeline, in seconds from its start."""

    at_s: float


class Process(Protocol):
    """What can be waited for: a `subprocess.Popen` or a `Child`."""

    pid: int

    def wait(self) -> int:
        """Return the exit code of the ended process."""


@dataclass(frozen=True)
class Exit:
    """Wait until a process has ended."""

    process: Process


class Task:
    """A running activity; wait for its end by yielding it."""

    def __init__(self, activity: Activity) -> None:
        self.activity = activity
        self.waits_for: At | Exit | Task | None = None
        self.pidfd: int | None = None
        self.done = False
        self.result: Any = None


class Timeline:
    """Runs activities against the clock; moments count from `start`."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._origin_s = clock()
        self._tasks: list[Task] = []

    def start(self) -> None:
        """Make this moment the zero of the timeline."""
        self._origin_s = self._clock()

    @property
    def now_s(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._origin_s

    def sleep(self, duration_s: float) -> At:
        """Return the wait for a duration from now."""
        return At(self.now_s + duration_s)

    def add(self, activity: Activity) -> Task:
        """Start an activity; it takes its first step in `run`, or now if `run` is under way."""
        task = Task(activity)
        self._tasks.append(task)
        return task

    def run(self) -> None:
        """Run until every activity has ended; an exception of one ends all."""
        for task in list(self._tasks):
            self._step(task, None)
        while self._tasks:
            for task, value in self._ready():
                self._step(task, value)

    def _step(self, task: Task, value: Any) -> None:
        before = len(self._tasks)
        try:
            task.waits_for = task.activity.send(value)
        except StopIteration as end:
            task.done, task.result, task.waits_for = True, end.value, None
            self._tasks.remove(task)
            return
        if isinstance(task.waits_for, Exit):
            task.pidfd = os.pidfd_open(task.waits_for.process.pid)
        for added in self._tasks[before:]:
            if added.waits_for is None and not added.done:
                self._step(added, None)

    def _ready(self) -> list[tuple[Task, Any]]:
        """Wait for the next thing to happen; return the tasks that can go on, in their order."""
        ready = [
            (task, task.waits_for.result)
            for task in self._tasks
            if isinstance(task.waits_for, Task) and task.waits_for.done
        ]
        if ready:
            return ready
        moments = [t.waits_for.at_s for t in self._tasks if isinstance(t.waits_for, At)]
        pidfds = [task.pidfd for task in self._tasks if task.pidfd is not None]
        timeout = max(0.0, min(moments) - self.now_s) if moments else None
        ended = set(select.select(pidfds, [], [], timeout)[0])
        now_s = self.now_s
        for task in self._tasks:
            if isinstance(task.waits_for, At) and task.waits_for.at_s <= now_s:
                ready.append((task, None))
            elif task.pidfd in ended and isinstance(task.waits_for, Exit):
                os.close(task.pidfd)
                task.pidfd = None
                ready.append((task, task.waits_for.process.wait()))
        return ready
