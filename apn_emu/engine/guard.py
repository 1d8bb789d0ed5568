"""Guard of one run: starts its embedded kernel or host session, and sees that nothing is left.

Runs as a program of its own (`python guard.py`), because it must act when the emulator itself is
killed. It holds one end of a socket; the other end closes when the emulator ends, however it ends.
It gets one JSON object (`argv`, `environment`, `folder`, `console`, `limit_s`, ...) and answers
with one (`reason`, `status`). `locks` is the folder of the locks of processors, or nothing when the
program may use them all. Standard library only.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
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

FIRST_DESCRIPTOR = 100
"""The kernel gets its folders under the numbers from here on, the same in every run: they stand on
its command line, which seeds the guest's entropy."""


def main() -> None:
    """Serve the socket given as the first argument."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)  # the emulator's end is what counts
    # Helpers of the kernel that lose their parent become ours, so all of them can be found.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    order = json.loads(channel.makefile("r").readline())
    answer: dict[str, Any] = {}
    try:
        answer = _watch(order, channel)
    except OSError as error:
        answer = {"reason": "start", "status": error.strerror}
    finally:
        _end_all()
        if answer.get("reason") == "abandoned":  # nobody else is left to remove the results
            shutil.rmtree(order["results"], ignore_errors=True)
        shutil.rmtree(order["remove"], ignore_errors=True)
    with contextlib.suppress(OSError):  # perhaps nobody is left to be told
        channel.sendall(json.dumps(answer).encode() + b"\n")


def _watch(order: dict[str, Any], channel: socket.socket) -> dict[str, Any]:
    for descriptor in order["descriptors"]:
        os.set_inheritable(descriptor, False)
    processors = {_choose_processor(order["locks"])} if order["locks"] else None

    def settle() -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        if processors:
            os.sched_setaffinity(0, processors)
        for number, descriptor in enumerate(order["descriptors"], FIRST_DESCRIPTOR):
            os.dup2(descriptor, number)

    with open(order["console"], "wb") as console:  # noqa: PTH123
        program = subprocess.Popen(
            order["argv"],
            env=order["environment"],
            cwd=order["folder"],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=console,
            close_fds=False,
            start_new_session=True,
            preexec_fn=settle,
        )
    ended = os.pidfd_open(program.pid)
    limit_s = time.monotonic() + order["limit_s"]
    ready = select.select([ended, channel], [], [], max(0.0, limit_s - time.monotonic()))[0]
    if ended in ready:
        return {"reason": "ended", "status": program.wait()}
    program.kill()
    program.wait()
    return {"reason": "abandoned" if ready else "time limit", "status": program.returncode}


def _choose_processor(locks: str) -> int:
    """Return a processor that no other embedded machine of this user has, if there is one.

    The kernel and its user processes hand over to each other at every system call; on one processor
    that takes 4 us, across two it takes ten times as long. The lock is held as long as we live.
    """
    allowed = sorted(os.sched_getaffinity(0))
    for processor in allowed:
        lock = os.open(f"{locks}/processor-{processor}.lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
        else:
            return processor
    return allowed[os.getpid() % len(allowed)]


def _end_all() -> None:
    """Kill and reap every descendant; new orphans come to us while we do."""
    children = f"/proc/self/task/{os.getpid()}/children"
    while True:
        with open(children) as file:  # noqa: PTH123  pathlib takes long to import
            pids = [int(pid) for pid in file.read().split()]
        if not pids:
            return
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


if __name__ == "__main__":
    main()
