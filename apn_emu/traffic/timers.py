"""A timer that can be waited for beside sockets, to the nanosecond (timerfd_create(2)).

`select` and `epoll` count micro- and milliseconds, and the kernel may round their timeouts up by 50
us (timer slack); Python has timerfd since 3.13.
"""

from __future__ import annotations

import ctypes
import os
import time

TFD_NONBLOCK, TFD_CLOEXEC = os.O_NONBLOCK, os.O_CLOEXEC
TFD_TIMER_ABSTIME = TIMER_ABSTIME = 1
PR_SET_TIMERSLACK = 29

_libc = ctypes.CDLL(None, use_errno=True)


class _Setting(ctypes.Structure):
    """struct itimerspec of 64-bit Linux."""

    _fields_ = [(name, ctypes.c_int64) for name in ("every_s", "every_ns", "at_s", "at_ns")]


class Timer:
    """Readable once its moment, on the clock of `time.monotonic_ns`, has come."""

    def __init__(self) -> None:
        clock = time.CLOCK_MONOTONIC
        self._fd = _check(_libc.timerfd_create(clock, TFD_NONBLOCK | TFD_CLOEXEC))

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fd

    def set(self, at_ns: int) -> None:
        """Expire at a moment, at once if it has passed; this also makes it unreadable till then."""
        setting = _Setting(0, 0, *divmod(at_ns, 1_000_000_000))
        _check(_libc.timerfd_settime(self._fd, TFD_TIMER_ABSTIME, ctypes.byref(setting), None))

    def stop(self) -> None:
        """Never expire, until set again."""
        self.set(0)

    def close(self) -> None:
        """Let go of the timer."""
        os.close(self._fd)


def _check(result: int) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"timerfd: {os.strerror(code)}")
    return result


def sleep_until(at_ns: int) -> None:
    """Sleep until a moment on the clock of `time.monotonic_ns`."""
    moment = (ctypes.c_int64 * 2)(*divmod(at_ns, 1_000_000_000))
    _libc.clock_nanosleep(time.CLOCK_MONOTONIC, TIMER_ABSTIME, ctypes.byref(moment), None)


def no_slack() -> None:
    """Let sleeps of this thread, and of all that it starts, end when they should: prctl(2).

    They end up to 50 us later otherwise.
    """
    _libc.prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0)
