"""The two small C programs of the engine, compiled once into the user's cache."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

from apn_emu.engine.embedded.cache import cache_folder, digest, publish
from apn_emu.engine.embedded.pruning import NATIVE, prune
from apn_emu.errors import MachineError

LIBRARY, INIT = "vtime.so", "init"
HOST_ROOT = "host"
"""An empty folder beside `init`, where it mounts the host's root."""
_LIBRARY_SOURCES = ("vtime.c", "fixed.c", "lifetime.c", "confine.c", "await.c", "spinner.c")
_COMMANDS = {
    LIBRARY: ["-O2", "-shared", "-fPIC", *_LIBRARY_SOURCES, "-ldl"],
    INIT: ["-O2", "-static", "init.c"],
}
_SOURCES = ("real.h", *_LIBRARY_SOURCES, "init.c")


def compiled() -> Path:
    """Return a folder with `vtime.so` and `init`; raise `MachineError` without a C compiler."""
    package = files("apn_emu.engine.embedded")
    sources = {name: (package / name).read_bytes() for name in _SOURCES}
    folder = cache_folder() / f"{NATIVE}{digest(b''.join(sources.values()))}"
    if folder.exists():
        return folder
    compiler = shutil.which("gcc") or shutil.which("cc")
    if not compiler:
        raise MachineError(
            "no C compiler: gcc is needed once; install it with `apt-get install gcc libc6-dev`"
        )
    with publish(folder) as staging:
        (staging / HOST_ROOT).mkdir()
        for name, content in sources.items():
            (staging / name).write_bytes(content)
        for program, arguments in _COMMANDS.items():
            _compile([compiler, "-o", program, *arguments], staging)
    prune(NATIVE)
    return folder


def _compile(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MachineError(
            f"`{' '.join(command)}` failed; install `apt-get install gcc libc6-dev`:\n"
            f"{done.stderr.strip()}"
        )
