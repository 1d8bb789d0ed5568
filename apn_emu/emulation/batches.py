"""Many commands of `ip` or `tc` in one process, for starting one takes 16 ms."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable

from apn_emu.errors import EmulationError


def batch(program: str, commands: Iterable[str]) -> None:
    """Run the commands in order; raise `EmulationError` with what was refused."""
    text = "\n".join(commands) + "\n"
    done = subprocess.run(
        [program, "-batch", "-"], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise EmulationError(f"{program} refused a command: {done.stderr.strip()}")
