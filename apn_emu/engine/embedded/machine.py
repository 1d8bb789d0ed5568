"""One embedded machine: from a plan to what its session left behind."""

from __future__ import annotations

import json
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from apn_emu.engine.embedded import bundle, compiling, guard
from apn_emu.engine.embedded.cache import cache_folder
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.engine.embedded.kernel import Kernel, find_kernel
from apn_emu.engine.embedded.outcome import Outcome, read_outcome
from apn_emu.engine.embedded.programs import check_programs
from apn_emu.errors import EmulationError
from apn_emu.planning.memory import BASE_MB

START_S = 20
"""Uptime at which Python starts in the guest."""

BLACKLIST = ("raid6_init", "raid6_select_algo", "calibrate_xor_blocks", "rng_init")
"""Kernel start-up that measures itself in real time or brings in the host's entropy."""


def run(
    plan_json: str,
    folder: Path,
    limit_s: float,
    progress: Callable[[str, str], None],
    scenario_folder: Path | None = None,
    seed: int = 1,
    program: str | None = None,
    virtual_limit_s: float = 86400.0,
    memory_mb: int = BASE_MB,
    turns: int | None = None,
) -> Outcome:
    """Boot a machine, run the plan in it, and return what came out.

    `program` (a dotted module, or a path in the guest below /mnt/scenario) runs instead of the
    session; it must leave `measured.json` too. `limit_s` is wall-clock time.
    `turns` is the end of a pipe: where the guest opens a file named `AWAIT_FILE`, it stands still
    until a byte can be read from there. `folder` gets the session's files: `console.log`,
    `measured.json`, `records/` and so on.
    Raises `MachineError` if something is not installed, `EmulationError` if the run broke off.
    """
    kernel = find_kernel()
    check_programs()
    native = compiling.compiled()
    code = bundle.bundle()
    progress("booting", f"Linux {kernel.version}, {kernel.mode}")
    (folder / "plan.json").write_text(plan_json)
    guest_order = {"modules": kernel.modules, "program": program}
    (folder / "run.json").write_text(json.dumps(guest_order))
    with ExitStack() as stack:
        private = Path(tempfile.mkdtemp(prefix="apn-emu-"))
        stack.callback(shutil.rmtree, private, ignore_errors=True)
        shutil.copy(native / compiling.LIBRARY, private)
        mounts = {
            "python": (Path(sys.base_prefix), "ro"),
            "code": (code, "ro"),
            "modules": (kernel.modules_folder, "ro"),
            "scenario": (scenario_folder or folder, "ro"),
            "venv": (Path(sys.prefix), "ro"),
            "out": (folder, "rw"),
        }
        folders = [private, native, *(path for path, _ in mounts.values())]
        descriptors = [_open_folder(stack, path) for path in folders]
        environment = _environment(private, folder, seed, virtual_limit_s)
        if turns is not None:
            number = guard.FIRST_DESCRIPTOR + len(descriptors)
            environment |= {"AWAIT_FILE": f"/{AWAIT_FILE}", "AWAIT_FD": str(number)}
            descriptors.append(turns)
        order = {
            "argv": _command_line(
                kernel, {name: mode for name, (_, mode) in mounts.items()}, memory_mb
            ),
            "environment": environment,
            "folder": str(private),
            "console": str(folder / "console.log"),
            "limit_s": limit_s,
            "descriptors": descriptors,
            "remove": str(private),
            "results": str(folder),
            "locks": str(cache_folder()),
        }
        answer = _guarded(order, folder, progress)
    return read_outcome(kernel, folder, answer, limit_s)


def _open_folder(stack: ExitStack, path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    return descriptor


def _command_line(kernel: Kernel, mounts: dict[str, str], memory_mb: int) -> list[str]:
    """Return the kernel's command line. It seeds the guest's entropy, so no path stands in it.

    `mounts` says of each folder whether it can be written. The guard opens the run's folder, that
    of `init` and then those of `mounts` under fixed numbers.
    """
    run_fd, init_fd = guard.FIRST_DESCRIPTOR, guard.FIRST_DESCRIPTOR + 1
    listed = ",".join(
        f"{fd}:{name}:{mode}" for fd, (name, mode) in enumerate(mounts.items(), init_fd + 1)
    )
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return [
        str(kernel.path),
        f"mem={memory_mb}M",
        *("root=/dev/root", "rootfstype=hostfs", f"rootflags=/proc/self/fd/{init_fd}/.", "ro"),
        f"init=/{compiling.INIT}",
        *("con=null", "con0=null,fd:1", "quiet", "lpj=5000000", "norandmaps", "panic=-1"),
        *("umid=apn", f"uml_dir=/proc/self/fd/{run_fd}/"),
        f"initcall_blacklist={','.join(BLACKLIST)}",
        *("seccomp=auto",) * (kernel.mode == "seccomp"),
        f"APN_MOUNTS={listed}",
        f"APN_PYTHON=bin/python{version}",
        f"APN_START_S={START_S}",
    ]


def _environment(private: Path, folder: Path, seed: int, virtual_limit_s: float) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "TMPDIR": str(private),
        "LD_PRELOAD": f"./{compiling.LIBRARY}",
        "VT_SEED": str(seed),
        "VT_LIMIT_S": str(math.ceil(virtual_limit_s)),
        "VT_STATS": str(folder / "virtual_time.json"),
        "CONFINE_WRITABLE": f"{folder.resolve()}\n{private.resolve()}",
    }


def _guarded(
    order: dict[str, Any], folder: Path, progress: Callable[[str, str], None]
) -> dict[str, Any]:
    """Run the kernel under its guard; pass on the guest's progress meanwhile."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        process = subprocess.Popen(
            [sys.executable, "-I", "-S", guard.__file__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno(), *order["descriptors"]],
            start_new_session=True,
        )
        theirs.close()
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
                    raise EmulationError("the guard of the embedded kernel was killed")
                answer += received
            follow.read()
        finally:
            ours.close()  # the guard ends what still runs
            process.wait()
    result: dict[str, Any] = json.loads(answer)
    return result


class _Follower:
    """Reads what is appended to the guest's progress file."""

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
