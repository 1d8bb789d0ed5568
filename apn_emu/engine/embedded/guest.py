"""First Python program of the embedded machine: prepares the kernel, runs the session, powers off.

Runs as process 1 behind init.c, with nothing but the standard library and our own bundle.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
from pathlib import Path

from apn_emu.engine.inside import OUT, leaving_error, run_session

AWAIT_FILE = "await-host"
"""Opening a file of this name makes the guest wait for its host (await.c)."""

POWER_OFF = 0x4321FEDC
"""LINUX_REBOOT_CMD_POWER_OFF (reboot(2))."""

SOCKET_BYTES = 64 * 2**20
"""Receive buffer of a UDP socket: 1.3 ms at 400 Gbit/s. Linux's own default, 208 KB, loses at 20
Gbit/s what arrives while the program is not scheduled."""

SYS_FINIT_MODULE = 313

_libc = ctypes.CDLL(None, use_errno=True)


def main() -> None:
    """Run the session, or the program named in `run.json`; leave `error.json` if it fails."""
    os.environ.pop("PYTHONHOME", None)
    try:
        with leaving_error():
            order = json.loads((OUT / "run.json").read_text())
            _load_modules(order["modules"])
            _settle_kernel()
            if order["program"]:
                _run_program(order["program"])
            else:
                run_session(exact=order["exact"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        _libc.sync()
        _libc.reboot(POWER_OFF)


def _run_program(program: str) -> None:
    """Run a dotted module, or a file, as the main program of this process."""
    import runpy

    run = runpy.run_path if "/" in program else runpy.run_module
    run(program, run_name="__main__")


def _load_modules(modules: list[str]) -> None:
    """Load kernel modules, given in the order of their dependencies."""
    for module in modules:
        with (Path("/mnt/modules") / module).open("rb") as file:
            if _libc.syscall(SYS_FINIT_MODULE, file.fileno(), b"", 0) != 0:
                code = ctypes.get_errno()
                raise OSError(code, f"kernel module {module}: {os.strerror(code)}")
    Path("/proc/sys/kernel/modules_disabled").write_text("1")


def _settle_kernel() -> None:
    """Silence what would send packets of its own, and let sockets hold what a fast path brings."""
    core = Path("/proc/sys/net/core")
    (core / "rmem_max").write_text(str(SOCKET_BYTES))
    (core / "wmem_max").write_text(str(SOCKET_BYTES))
    (core / "rmem_default").write_text(str(SOCKET_BYTES))
    vm = Path("/proc/sys/vm")
    (vm / "compaction_proactiveness").write_text("0")  # else memory is looked at twice a second
    (vm / "dirty_writeback_centisecs").write_text("0")
    # Linux allows TCP a tenth of its memory, and beyond a sixteenth buffers stop to grow; but this
    # is the memory of all servers together, and what arrived but is not acknowledged counts twice,
    # at its sender and its receiver, while its bytes are there once.
    pages = os.sysconf("SC_PHYS_PAGES")
    Path("/proc/sys/net/ipv4/tcp_mem").write_text(f"{pages} {pages} {pages}")
    ipv6 = Path("/proc/sys/net/ipv6/conf")
    for scope in ("all", "default"):
        (ipv6 / scope / "disable_ipv6").write_text("1")


if __name__ == "__main__":
    main()
