"""The User-Mode Linux kernel: where it is, which version, and the modules that a session needs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apn_emu.errors import MachineError

VARIABLE = "APN_EMU_KERNEL"
PROGRAM = "linux.uml"
INSTALL = "apt-get install user-mode-linux"

NEEDED_MODULES = ("veth", "sch_netem", "sch_tbf", "openvswitch")
WANTED_MODULES = ("ipv6", "sch_red", "8021q", "tcp_bbr", "tcp_dctcp", "af_packet")
"""Built in from some version on (ipv6), or used by some workloads only."""

CONGESTION_MODULES = {"bbr": "tcp_bbr", "dctcp": "tcp_dctcp"}
"""Modules of the congestion controls that may be missing; the others are always there."""

SECCOMP_FROM = (6, 16)
"""First version that can run user code under seccomp, three times faster than by ptrace."""


@dataclass(frozen=True)
class Kernel:
    """A kernel that can be booted; `modules` are files below `modules_folder`, in load order."""

    path: Path
    version: str
    modules_folder: Path
    modules: tuple[str, ...]

    @property
    def mode(self) -> str:
        """How it runs user code: `seccomp` or `ptrace`."""
        numbers = tuple(int(part) for part in self.version.split(".")[:2])
        return "seccomp" if numbers >= SECCOMP_FROM else "ptrace"

    def check_congestion(self, controls: Iterable[str]) -> None:
        """Raise `MachineError` that names the congestion controls which this kernel lacks."""
        has = {_module_name(file) for file in self.modules} | _builtin(self.modules_folder)
        lacking = [
            control
            for control in sorted(set(controls))
            if CONGESTION_MODULES.get(control, "") not in {"", *has}
        ]
        if lacking:
            needed = " and ".join(CONGESTION_MODULES[control] for control in lacking)
            raise MachineError(
                f"{self.path} has no congestion control {', '.join(lacking)} (module {needed});"
                f" install a kernel that has with `{INSTALL}`"
            )


def find_kernel() -> Kernel:
    """Return the kernel named by APN_EMU_KERNEL, else `linux.uml` on PATH.

    Raises `MachineError` that says how to get one.
    """
    named = os.environ.get(VARIABLE)
    if named and not os.access(named, os.X_OK):
        raise MachineError(f"{VARIABLE}={named} is no program; unset it or name a {PROGRAM}")
    found = named or shutil.which(PROGRAM)
    if not found:
        raise MachineError(
            f"no User-Mode Linux kernel: {PROGRAM} is not on PATH; install it with `{INSTALL}`,"
            f" or set {VARIABLE} to one"
        )
    path = Path(found).resolve()
    version = _version(path)
    folder = _modules_folder(path, version)
    return Kernel(path, version, folder, _load_order(folder))


def _version(path: Path) -> str:
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    version = done.stdout.strip()
    if done.returncode != 0 or not version[:1].isdigit():
        reason = done.stderr.strip() or f"it printed {version!r}"
        raise MachineError(f"{path} does not run as a User-Mode Linux kernel: {reason}")
    return version


def _modules_folder(path: Path, version: str) -> Path:
    candidates = (
        path.parent.parent / "lib/uml/modules" / version,
        Path("/usr/lib/uml/modules") / version,
    )
    for folder in candidates:
        if (folder / "modules.dep").is_file():
            return folder
    raise MachineError(
        f"no modules of kernel {version} (looked in {', '.join(map(str, candidates))});"
        f" install kernel and modules together with `{INSTALL}`"
    )


def _load_order(folder: Path) -> tuple[str, ...]:
    """Return the files of all modules that are needed, each after those it depends on."""
    depends: dict[str, list[str]] = {}
    for line in (folder / "modules.dep").read_text().splitlines():
        file, _, needs = line.partition(":")
        depends[file] = needs.split()
    by_name = {_module_name(file): file for file in depends}
    builtin = _builtin(folder)
    order: dict[str, None] = {}
    for module in (*NEEDED_MODULES, *WANTED_MODULES):
        if module in by_name:
            file = by_name[module]
            order.update(dict.fromkeys([*reversed(depends[file]), file]))
        elif module in NEEDED_MODULES and module not in builtin:
            raise MachineError(f"the kernel's modules in {folder} lack {module}; {INSTALL}")
    return tuple(order)


def _module_name(file: str) -> str:
    return Path(file).name.partition(".")[0].replace("-", "_")


def _builtin(folder: Path) -> set[str]:
    return {_module_name(line) for line in (folder / "modules.builtin").read_text().splitlines()}
