"""Programs of the host that the embedded machine runs, and the packages that bring them."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from apn_emu.errors import MachineError
from apn_emu.measuring.kinds import load

PROGRAMS = {
    "ovs-vswitchd": "openvswitch-switch",
    "ovsdb-server": "openvswitch-switch",
    "ovsdb-tool": "openvswitch-switch",
    "ovs-vsctl": "openvswitch-switch",
    "iperf3": "iperf3",
    "ip": "iproute2",
    "tc": "iproute2",
    "ping": "iputils-ping",
}

GUEST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""PATH inside the embedded machine (init.c)."""

POSTGRESQL = Path("/usr/lib/postgresql")
"""Where Debian puts each version's programs, most of which are in no PATH."""


def find_program(name: str, package: str | None = None) -> str:
    """Return where a program is; raise `MachineError` with the command that installs it.

    `package` is that of a program which only some workload needs.
    """
    found = _find(name)
    if not found:
        package = package or PROGRAMS[name]
        raise MachineError(f"{name} is missing; install it with `apt-get install {package}`")
    return found


def _find(name: str) -> str | None:
    """Return where a program is; of several versions of PostgreSQL the newest, no wrapper."""
    folders = sorted(POSTGRESQL.glob("*/bin"), key=lambda folder: float(folder.parent.name))
    path = ":".join([*map(str, folders[-1:]), GUEST_PATH])
    return shutil.which(name, path=path)


def check_programs(workloads: Iterable[str] = ()) -> None:
    """Raise `MachineError` that names all missing programs and one command for them.

    `workloads` are the kinds that are to run.
    """
    needed = dict(PROGRAMS)
    for kind in workloads:
        needed |= load(kind).programs
    missing = [name for name in needed if not _find(name)]
    if missing:
        packages = " ".join(sorted({needed[name] for name in missing}))
        raise MachineError(
            f"missing: {', '.join(missing)}; install with `apt-get install {packages}`"
        )
