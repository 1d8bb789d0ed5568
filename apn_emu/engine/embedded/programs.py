"""Programs of the host that the embedded machine runs, and the packages that bring them."""

from __future__ import annotations

import shutil

from apn_emu.errors import MachineError

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


def find_program(name: str) -> str:
    """Return where a program is; raise `MachineError` with the command that installs it."""
    found = shutil.which(name, path=GUEST_PATH)
    if not found:
        raise MachineError(f"{name} is missing; install it with `apt-get install {PROGRAMS[name]}`")
    return found


def check_programs() -> None:
    """Raise `MachineError` that names all missing programs and one command for them."""
    missing = [name for name in PROGRAMS if not shutil.which(name, path=GUEST_PATH)]
    if missing:
        packages = " ".join(sorted({PROGRAMS[name] for name in missing}))
        raise MachineError(
            f"missing: {', '.join(missing)}; install with `apt-get install {packages}`"
        )
