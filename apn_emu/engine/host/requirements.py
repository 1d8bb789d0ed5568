"""What the host engine needs of this machine, all of it asked before anything is made."""

from __future__ import annotations

import gzip
import os
import platform
from collections.abc import Iterable, Iterator
from pathlib import Path

from apn_emu.engine.embedded.programs import check_programs
from apn_emu.errors import MachineError

CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_ADMIN": 21}
"""By number (linux/capability.h)."""

MODULES = {
    "veth": "CONFIG_VETH",
    "sch_netem": "CONFIG_NET_SCH_NETEM",
    "sch_tbf": "CONFIG_NET_SCH_TBF",
    "sch_red": "CONFIG_NET_SCH_RED",
    "openvswitch": "CONFIG_OPENVSWITCH",
    "8021q": "CONFIG_VLAN_8021Q",
}
"""Each with the option that builds it."""

CONFIG = Path("/proc/config.gz")
"""The kernel's own configuration, where it tells it."""


def check(kinds: Iterable[str], controls: Iterable[str]) -> None:
    """Raise `MachineError` that names everything this machine lacks, each with its remedy.

    `kinds` are the workloads that are to run, `controls` the TCP congestion controls they use.
    """
    lacking = [*_privileges(), *_modules(), *_programs(kinds), *_congestion(controls)]
    if lacking:
        raise MachineError("\n".join(f"the host engine needs {lack}" for lack in lacking))


def _privileges() -> Iterator[str]:
    if os.geteuid() != 0:
        yield "root: run it with `sudo`"
    status = Path("/proc/self/status").read_text()
    (effective,) = (line.split()[1] for line in status.splitlines() if line.startswith("CapEff:"))
    bits = int(effective, 16)
    if missing := [name for name, number in CAPABILITIES.items() if not bits >> number & 1]:
        yield (
            f"the capabilities {' and '.join(missing)}: run it as root of the machine, or in a"
            " container started with `--privileged`"
        )


def _modules() -> Iterator[str]:
    folder = Path("/lib/modules") / platform.release()
    listed = folder / "modules.builtin"
    builtin = listed.read_text().splitlines() if listed.exists() else []
    there = {Path(line).stem.replace("-", "_") for line in builtin} | _built_in()
    missing = [m for m in MODULES if m not in there and not Path("/sys/module", m).exists()]
    if missing:
        remedy = f"load them with `modprobe -a {' '.join(missing)}`"
        if not folder.exists():
            remedy = f"this kernel has no {folder}: boot one that has them, then {remedy}"
        yield f"the kernel modules {', '.join(missing)}: {remedy}"


def _built_in() -> set[str]:
    """Return the modules that are part of this kernel, as far as it tells."""
    if not CONFIG.exists():
        return set()
    set_options = gzip.decompress(CONFIG.read_bytes()).decode().splitlines()
    return {module for module, option in MODULES.items() if f"{option}=y" in set_options}


def _programs(kinds: Iterable[str]) -> Iterator[str]:
    try:
        check_programs(kinds)
    except MachineError as error:
        yield f"programs: {error}"


def _congestion(controls: Iterable[str]) -> Iterator[str]:
    known = Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text().split()
    if missing := sorted(set(controls) - set(known)):
        modules = " ".join(f"tcp_{control}" for control in missing)
        yield f"congestion control {', '.join(missing)}: `modprobe -a {modules}`"
