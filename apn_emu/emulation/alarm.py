"""A moment to wait for beside files: timerfd_create(2), which Python has only from 3.13 on.

The timeout of `select` or `poll` comes late, by the process's timer slack (50 us) or a thousandth
of the wait, whichever is more (fs/select.c, select_estimate_accuracy); this timer does not.
"""

from __future__ import annotations

import ctypes
import os
import time

TFD_TIMER_ABSTIME = TIMER_ABSTIME = 1

_libc = ctypes.CDLL(None, use_errno=True)


class _Itimerspec(ctypes.Structure):
    """struct itimerspec: interval and expiration, each in seconds and nanoseconds."""

    _fields_ = (
        ("interval_s", ctypes.c_long),
        ("interval_ns", ctypes.c_long),
        ("value_s", ctypes.c_long),
        ("value_ns", ctypes.c_long),
    )


class Alarm:
    """A file that becomes readable at a moment of the monotonic clock, to the nanosecond."""

    def __init__(self) -> None:
        self._fd: int = _libc.timerfd_create(time.CLOCK_MONOTONIC, os.O_CLOEXEC | os.O_NONBLOCK)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create")

    def fileno(self) -> int:
        """Return the file descriptor."""
        return self._fd

    def set(self, at_ns: int | None) -> None:
        """Set the moment, at once if it is past, None for none; it replaces the one before."""
        seconds, rest_ns = (0, 0) if at_ns is None else divmod(max(at_ns, 1), 1_000_000_000)
        value = _Itimerspec(0, 0, seconds, rest_ns)
        if _libc.timerfd_settime(self._fd, TFD_TIMER_ABSTIME, ctypes.byref(value), None) != 0:
            raise OSError(ctypes.get_errno(), "timerfd_settime")


def sleep_until(at_ns: int) -> None:
    """Sleep until a moment of the monotonic clock; late by the process's timer slack."""
    value = (ctypes.c_long * 2)(*divmod(at_ns, 1_000_000_000))
    _libc.clock_nanosleep(time.CLOCK_MONOTONIC, TIMER_ABSTIME, ctypes.byref(value), None)
