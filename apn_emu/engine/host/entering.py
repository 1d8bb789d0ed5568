"""Enters namespaces of a session's own and runs its first program there: `init.c` for a host.

The machine's files are seen read-only in there, and the same folders at the same places as in the
embedded engine. Runs on the bundle, with an order (JSON) as its argument:

    mounts     name -> [folder, ro|rw], seen as /mnt/NAME
    argv       the program
    ledger     folder of the run's ledger
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from apn_emu.emulation.namespaces import (
    CLONE_NEWNET,
    CLONE_NEWNS,
    MS_BIND,
    MS_PRIVATE,
    MS_REC,
    mount,
    unshare,
)
from apn_emu.engine.host.ledger import Ledger
from apn_emu.engine.inside import ENVIRONMENT

CLONE_NEWIPC, CLONE_NEWPID = 0x08000000, 0x20000000
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Start the program as process 1, and end with it; it is killed when this process is."""
    order = json.loads(sys.argv[1])
    guard = os.getppid()
    _die_with_parent()
    if os.getppid() != guard:
        return
    unshare(CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC)
    wait_for_go, go = os.pipe()
    first = os.fork()
    if first == 0:
        os.close(go)
        _become_first(order, wait_for_go)
    ledger = Ledger(Path(order["ledger"]))
    ledger.add_process("first process of the session", first)
    os.write(go, b"!")
    _, status = os.waitpid(first, 0)
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _die_with_parent() -> None:
    _check(_libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def _become_first(order: dict[str, Any], wait_for_go: int) -> None:
    """Be process 1: arrange what it sees, then become its program."""
    _die_with_parent()
    if not os.read(wait_for_go, 1):  # the parent died before it could be heard
        os._exit(1)
    _check(_libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _arrange_files(order["mounts"])
    os.chdir("/")
    os.execve(order["argv"][0], order["argv"], ENVIRONMENT)


def _arrange_files(mounts: dict[str, tuple[str, str]]) -> None:
    mount("none", "/", None, MS_REC | MS_PRIVATE)
    _set_readonly("/", True, AT_RECURSIVE)
    # Opened before anything is mounted over them.
    opened = {name: os.open(path, os.O_PATH) for name, (path, _) in mounts.items()}
    mount("tmpfs", "/mnt", "tmpfs")
    for name, (_, mode) in mounts.items():
        place = Path("/mnt") / name
        place.mkdir()
        mount(f"/proc/self/fd/{opened[name]}", place, None, MS_BIND | MS_REC)
        os.close(opened[name])
        if mode == "rw":
            _set_readonly(str(place), False)
    for folder in ("/tmp", "/run", "/dev/shm"):
        mount("tmpfs", folder, "tmpfs")
    mount("proc", "/proc", "proc")
    mount("sysfs", "/sys", "sysfs")


def _set_readonly(path: str, readonly: bool, flags: int = 0) -> None:
    """Change a mount, with all below it if so said (mount_setattr(2), Linux 5.12)."""
    change = (0, MOUNT_ATTR_RDONLY) if not readonly else (MOUNT_ATTR_RDONLY, 0)
    attributes = (ctypes.c_uint64 * 4)(*change, 0, 0)
    where, size = path.encode(), ctypes.sizeof(attributes)
    arguments = (ctypes.c_long(AT_FDCWD), where, flags, ctypes.byref(attributes), size)
    _check(_libc.syscall(SYS_MOUNT_SETATTR, *arguments), f"mount_setattr {path}")


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


if __name__ == "__main__":
    main()
