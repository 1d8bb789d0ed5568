"""Guard of one embedded machine: starts the kernel, and sees that nothing of it is left.

Runs as a program of its own (`python guard.py`), because it must act when the emulator itself is
killed. It holds one end of a socket; the other end closes when the emulator ends, however it ends.
It gets one JSON object (argv, environment, folder, console, limit_s) and answers with one
(reason, status). Standard library only.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any

PR_SET_CHILD_SUBREAPER = 36


def main() -> None:
    """Serve the socket given as the first argument."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)  # the emulator's end is what counts
    # Helpers of the kernel that lose their parent become ours, so all of them can be found.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    channel = socket.socket(fileno=int(sys.argv[1]))
    order = json.loads(channel.makefile("r").readline())
    answer: dict[str, Any] = {}
    try:
        answer = _watch(order, channel)
    except OSError as error:
        answer = {"reason": "start", "status": error.strerror}
    finally:
        _end_all()
        if order["remove"]:
            shutil.rmtree(order["remove"], ignore_errors=True)
    try:
        channel.sendall(json.dumps(answer).encode() + b"\n")
    except OSError:
        pass  # nobody is left to be told


def _watch(order: dict[str, Any], channel: socket.socket) -> dict[str, Any]:
    with open(order["console"], "wb") as console:
        kernel = subprocess.Popen(
            order["argv"],
            env=order["environment"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            pass_fds=order["pass_fds"],
            start_new_session=True,
            preexec_fn=_default_signals,
        )
    ended = os.pidfd_open(kernel.pid)
    limit_s = time.monotonic() + order["limit_s"]
    ready = select.select([ended, channel], [], [], max(0.0, limit_s - time.monotonic()))[0]
    if ended in ready:
        return {"reason": "ended", "status": kernel.wait()}
    kernel.kill()
    kernel.wait()
    return {"reason": "abandoned" if ready else "time limit", "status": kernel.returncode}


def _default_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)


def _end_all() -> None:
    """Kill and reap every descendant; new orphans come to us while we do."""
    children = f"/proc/self/task/{os.getpid()}/children"
    while True:
        with open(children) as file:
            pids = [int(pid) for pid in file.read().split()]
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
