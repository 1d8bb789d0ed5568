"""What runs when: activities as generators that say what they wait for, as SimPy's processes do.

One thread, no callbacks: an activity yields a moment, a process, a socket or another activity, and
goes on when that has come; the value of the `yield` is the process's exit code or the activity's
result. The clock is the machine's own (virtual in the embedded engine).
"""

from __future__ import annotations

import os
import select
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

from apn_emu.traffic.timers import Timer

Activity = Generator["At | Exit | Readable | Task", Any, Any]


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


class HasFileNumber(Protocol):
    """A socket or a pipe."""

    def fileno(self) -> int:
        """Return the file descriptor."""
        ...


@dataclass(frozen=True)
class Readable:
    """Wait until a socket has something to read, or its other end is gone."""

    file: HasFileNumber


class Task:
    """A running activity; wait for its end by yielding it."""

    def __init__(self, activity: Activity, background: bool) -> None:
        self.activity = activity
        self.background = background
        self.waits_for: At | Exit | Readable | Task | None = None
        self.fd: int | None = None
        self.done = False
        self.result: Any = None


class Timeline:
    """Runs activities against the clock; moments count from `start`."""

    def __init__(self) -> None:
        self._origin_ns = time.monotonic_ns()
        self._timer = Timer()
        self._tasks: list[Task] = []
        self._added: list[Task] = []

    def start(self) -> None:
        """Make this moment the zero of the timeline."""
        self._origin_ns = time.monotonic_ns()

    @property
    def origin_ns(self) -> int:
        """The start, in nanoseconds of the monotonic clock."""
        return self._origin_ns

    @property
    def now_ns(self) -> int:
        """Nanoseconds since the start."""
        return time.monotonic_ns() - self._origin_ns

    @property
    def now_s(self) -> float:
        """Seconds since the start."""
        return self.now_ns / 1e9

    def sleep(self, duration_s: float) -> At:
        """Return the wait for a duration from now."""
        return At(self.now_s + duration_s)

    def add(self, activity: Activity, background: bool = False) -> Task:
        """Start an activity; it takes its first step in `run`, or now if `run` is under way.

        One in the background does not keep `run` from ending; it is closed then.
        """
        task = Task(activity, background)
        self._tasks.append(task)
        self._added.append(task)
        return task

    def run(self) -> None:
        """Run until every activity has ended; an exception of one ends all."""
        self._step_added()
        while not all(task.background for task in self._tasks):
            for task, value in self._ready():
                self._step(task, value)
        for task in self._tasks:
            task.activity.close()
        self._tasks.clear()

    def _step_added(self) -> None:
        while self._added:
            self._step(self._added.pop(0), None)

    def _step(self, task: Task, value: Any) -> None:
        try:
            task.waits_for = task.activity.send(value)
        except StopIteration as end:
            task.done, task.result, task.waits_for = True, end.value, None
            self._tasks.remove(task)
        else:
            if isinstance(task.waits_for, Exit):
                task.fd = os.pidfd_open(task.waits_for.process.pid)
            elif isinstance(task.waits_for, Readable):
                task.fd = task.waits_for.file.fileno()
        self._step_added()

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
        if moments:
            self._timer.set(max(1, self._origin_ns + round(min(moments) * 1e9)))
        else:
            self._timer.stop()
        happened = self._wait()
        now_s = self.now_s
        for task in self._tasks:
            if isinstance(task.waits_for, At):
                if task.waits_for.at_s <= now_s:
                    ready.append((task, None))
            elif task.fd in happened:
                fd, task.fd = task.fd, None
                if isinstance(task.waits_for, Exit):
                    os.close(fd)
                    ready.append((task, task.waits_for.process.wait()))
                else:
                    ready.append((task, None))
        return ready

    def _wait(self) -> set[int]:
        """Wait for the timer or a file; return the files that are ready."""
        poll = select.poll()
        for fd in (self._timer.fileno(), *(t.fd for t in self._tasks if t.fd is not None)):
            poll.register(fd, select.POLLIN)
        return {fd for fd, _ in poll.poll()}
