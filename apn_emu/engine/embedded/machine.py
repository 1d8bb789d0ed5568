"""One embedded machine: from a plan to what its session left behind."""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from apn_emu.engine import guard, guarding
from apn_emu.engine.embedded import bundle, compiling
from apn_emu.engine.embedded.cache import cache_folder
from apn_emu.engine.embedded.guest import AWAIT_FILE
from apn_emu.engine.embedded.kernel import Kernel, find_kernel
from apn_emu.engine.embedded.limits import check_limits
from apn_emu.engine.embedded.programs import check_programs
from apn_emu.engine.embedded.pruning import held
from apn_emu.engine.outcome import Outcome, read_json, read_measured
from apn_emu.planning.memory import BASE_MB

START_S, REAL_START_S = 20, 11
"""Uptime at which Python starts in the guest, on virtual and on real time."""

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
    real_time: bool = False,
) -> Outcome:
    """Boot a machine, run the plan in it, and return what came out.

    `program` (a dotted module, or a path in the guest below /mnt/scenario) runs instead of the
    session; it must leave `measured.json` too. `limit_s` is wall-clock time. With `real_time` the
    guest has the host's clock: nothing is exact then.
    `turns` is the end of a pipe: where the guest opens a file named `AWAIT_FILE`, it stands still
    until a byte can be read from there. `folder` gets the session's files: `console.log`,
    `measured.json`, `records/` and so on.
    Raises `MachineError` if something is not installed, `EmulationError` if the run broke off.
    """
    kernel = find_kernel()
    check_programs()
    check_limits(memory_mb)
    progress("booting", f"Linux {kernel.version}, {kernel.mode}")
    (folder / "plan.json").write_text(plan_json)
    guest_order = {"modules": kernel.modules, "program": program, "exact": not real_time}
    (folder / "run.json").write_text(json.dumps(guest_order))
    with ExitStack() as stack:
        native = stack.enter_context(held(compiling.compiled()))
        code = stack.enter_context(held(bundle.bundle()))
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
        if real_time:
            environment["VT"] = "0"
        if turns is not None:
            number = guard.FIRST_DESCRIPTOR + len(descriptors)
            environment |= {"AWAIT_FILE": f"/{AWAIT_FILE}", "AWAIT_FD": str(number)}
            descriptors.append(turns)
        order = {
            "argv": _command_line(
                kernel,
                {name: mode for name, (_, mode) in mounts.items()},
                memory_mb,
                REAL_START_S if real_time else START_S,
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
        answer = guarding.run(order, folder, progress)
    measured = read_measured(folder, answer, limit_s, f"the kernel {kernel.path}")
    named = f"Linux {kernel.version} ({kernel.mode})"
    if real_time:
        return Outcome(named, measured, False, "the embedded machine ran in real time")
    began_ns = 0 if program else measured["began_ns"]
    return Outcome(named, measured, *_exactness(read_json(folder / "virtual_time.json"), began_ns))


def _exactness(virtual_time: dict[str, Any], began_ns: int) -> tuple[bool, str]:
    """Return whether equal inputs give equal bytes, and why or why not.

    Before `began_ns` (uptime) the network is built: that a program is busy then is work, no spin.
    """
    exact = not virtual_time["forced"]
    why = "virtual time: equal scenarios and seeds give equal measurements to the byte"
    if not exact:
        why = f"the clock had to be pushed {virtual_time['forced']} times"
    if virtual_time["spinner"] and virtual_time["spun_at_ns"] > began_ns:
        spinner, turns = virtual_time["spinner"], virtual_time["spun_busy"]
        why += f"; {spinner} ran {turns:,} times without ever idling, which costs wall time"
    return exact, why


def _open_folder(stack: ExitStack, path: Path) -> int:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    stack.callback(os.close, descriptor)
    return descriptor


def _command_line(
    kernel: Kernel, mounts: dict[str, str], memory_mb: int, start_s: int
) -> list[str]:
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
        f"APN_START_S={start_s}",
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
