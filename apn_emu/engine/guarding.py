"""Start a program under its guard, and follow the session that runs in it."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from apn_emu.engine import guard
from apn_emu.errors import EmulationError


def run(
    order: dict[str, Any],
    folder: Path,
    progress: Callable[[str, str], None],
    started: Callable[[int], None] = lambda guard: None,
) -> dict[str, Any]:
    """Run the program of an order under its guard; pass on the session's progress meanwhile.

    `started` is called with the guard's process before the program starts. Returns the guard's
    answer (`guard.py`).
    """
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno(), *order["descriptors"]],
            start_new_session=True,
        )
        theirs.close()
        started(process.pid)
        ours.sendall(json.dumps(order).encode() + b"\n")
        ours.settimeout(0.1)
        follow = _Follower(folder / "progress", progress)
        answer = b""
        try:
            while not answer.endswith(b"\n"):
                follow.read()
                try:
                    received = ours.recv(4096)
                except TimeoutError:
                    continue
                if not received:
                    raise EmulationError("the guard of the run was killed")
                answer += received
            follow.read()
        finally:
            ours.close()  # the guard ends what still runs
            process.wait()
    result: dict[str, Any] = json.loads(answer)
    return result


class _Follower:
    """Reads what is appended to the session's progress file."""

    def __init__(self, path: Path, progress: Callable[[str, str], None]) -> None:
        self._path, self._progress, self._at = path, progress, 0

    def read(self) -> None:
        try:
            with self._path.open() as file:
                file.seek(self._at)
                for line in file:
                    if line.endswith("\n"):
                        self._at += len(line.encode())
                        phase, _, text = line.rstrip("\n").partition("\t")
                        self._progress(phase, text)
        except FileNotFoundError:
            pass
