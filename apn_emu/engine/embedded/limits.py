"""Limits that a shell or a service manager set on this process (getrlimit(2), bash's ulimit)."""

from __future__ import annotations

import resource

from apn_emu.errors import MachineError

OPEN_FILES = 256
"""The guard gives the kernel its folders under numbers from 100 on."""

BESIDE_MEMORY_MB = 2048
"""What the kernel itself and its heap take beside the guest's memory, generously."""


def check_limits(memory_mb: int) -> None:
    """Raise `MachineError` for every limit below what a machine with this memory needs."""
    size_kib = (memory_mb + BESIDE_MEMORY_MB) * 1024  # its memory is a file in address space
    needs = (
        ("open files", "-n", resource.RLIMIT_NOFILE, OPEN_FILES, 1),
        ("address space", "-v", resource.RLIMIT_AS, size_kib, 1024),
        ("the data segment", "-d", resource.RLIMIT_DATA, size_kib, 1024),
        ("file sizes", "-f", resource.RLIMIT_FSIZE, size_kib, 1024),
    )
    missing = [
        f"the limit of {what} is too low here; raise it with `ulimit {option} {least}`"
        for what, option, limit, least, unit in needs
        if 0 <= resource.getrlimit(limit)[0] < least * unit  # no limit is -1
    ]
    if missing:
        raise MachineError("\n".join(missing))
