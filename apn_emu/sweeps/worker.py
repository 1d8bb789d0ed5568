"""Worker process of a local sweep: gets scenarios over a pipe, runs them, answers with outcomes."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from multiprocessing.connection import Connection
from typing import NoReturn

from apn_emu.sweeps.outcome import run_point

PR_SET_PDEATHSIG = 1


def serve(descriptor: int, parent: int) -> None:
    """Serve the pipe with this descriptor until it is closed or the process `parent` ends."""
    # When the sweep is killed, we are told to end, and then end our machine on the way out.
    signal.signal(signal.SIGTERM, _end)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        return
    channel = Connection(descriptor)
    with contextlib.suppress(EOFError):
        while True:
            channel.send(run_point(channel.recv()))
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # we are on the way out already


def _end(number: int, frame: object) -> NoReturn:
    raise SystemExit(128 + number)
