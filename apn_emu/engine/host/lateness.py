"""How late timers are while a session is measured in real time, and how busy the processors."""

from __future__ import annotations

import json
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apn_emu.emulation.children import Child

PERIOD_NS = 1_000_000


@contextmanager
def watching(file: Path) -> Iterator[None]:
    """Sleep again and again in a process beside; leave `file` when the session was measured.

    It holds `late_us` (pairs of microseconds late and how often) and `busy`, the share of the
    processors' time that was taken, by others too.
    """
    stop = {signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # for the child, which waits for it
    child = Child("lateness", lambda: None, _sleep_until_told, ())
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stop)
    began = _processor_ticks()
    yield
    ended = _processor_ticks()
    child.send_signal(signal.SIGTERM)
    spent, idle = (after - before for after, before in zip(ended, began, strict=True))
    busy = 1 - idle / spent if spent else 0.0
    file.write_text(json.dumps({"late_us": child.result(), "busy": round(busy, 4)}) + "\n")


def _sleep_until_told() -> list[tuple[int, int]]:
    """Return how often a sleep of 1 ms ended how many microseconds late."""
    late_us: Counter[int] = Counter()
    while True:
        began_ns = time.monotonic_ns()
        if signal.sigtimedwait({signal.SIGTERM}, PERIOD_NS / 1e9) is not None:
            return sorted(late_us.items())
        late_us[(time.monotonic_ns() - began_ns - PERIOD_NS) // 1000] += 1


def _processor_ticks() -> tuple[int, int]:
    """Return the time of all processors, and what of it was idle (proc_stat(5))."""
    with Path("/proc/stat").open() as file:
        ticks = [int(word) for word in file.readline().split()[1:9]]
    return sum(ticks), ticks[3] + ticks[4]
