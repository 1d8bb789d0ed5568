"""What a result depends on besides its scenario and seed: every program that takes part."""

from __future__ import annotations

import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path

from apn_emu import __version__
from apn_emu.engine.embedded import bundle, compiling
from apn_emu.engine.embedded.kernel import find_kernel
from apn_emu.engine.embedded.programs import PROGRAMS, check_programs, find_program
from apn_emu.planning.memory import BASE_MB

_SOURCES = (".py", ".json", ".c", ".h")
_PLANNING_PACKAGES = ("networkx", "numpy")
_STATES_ITS_VERSION = ("ovs-vswitchd", "iperf3")


@cache
def fingerprint() -> dict[str, str]:
    """Return a version and a hash of the content of each program, by name.

    Equal on two machines that give equal results: no path and no time is in it. Raises
    `MachineError` if something is not installed.
    """
    kernel = find_kernel()
    modules = [kernel.modules_folder / module for module in kernel.modules]
    native = [compiling.compiled() / name for name in (compiling.LIBRARY, compiling.INIT)]
    return {
        "kernel": f"Linux {kernel.version} {kernel.mode} {_digest([kernel.path, *modules])}",
        "virtual time": _digest(native),
        "memory": f"{BASE_MB} MB and as the plan needs",
        **programs(),
    }


@cache
def programs() -> dict[str, str]:
    """Return the same of all but the embedded machine itself: of what runs on either engine."""
    check_programs()
    package = Path(str(files("apn_emu")))
    controllers = Path(str(files("apn_emu.controllers")))
    sources = [f for folder in (package, controllers) for f in _files(folder, _SOURCES)]
    found = {name: Path(find_program(name)) for name in PROGRAMS}
    return {
        "apn-emu": f"{__version__} {_digest(sources)}",
        "session's Python code": _digest(_files(bundle.bundle())),
        "Python": f"{platform.python_version()} {_digest([Path(sys.executable).resolve()])}",
        **{name: version(name) for name in _PLANNING_PACKAGES},
        **{name: f"{_version(name, path)}{_digest([path])}" for name, path in found.items()},
    }


def _files(folder: Path, suffixes: Iterable[str] | None = None) -> list[Path]:
    found = (f for f in folder.rglob("*") if suffixes is None or f.suffix in tuple(suffixes))
    return sorted(f for f in found if f.is_file())


def _digest(paths: Iterable[Path]) -> str:
    """Return a short hash of the files' contents, in this order."""
    whole = hashlib.sha256()
    for path in paths:
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]


def _version(name: str, path: Path) -> str:
    """Return the version that a program states, with a blank after it, or nothing."""
    if name not in _STATES_ITS_VERSION:
        return ""
    done = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    words = done.stdout.split("\n", 1)[0].split()
    return f"{next((word for word in words if word[:1].isdigit()), '')} "
