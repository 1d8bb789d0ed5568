"""What this machine can hold, and run at once."""

from __future__ import annotations

import os
from pathlib import Path

from apn_emu.errors import InputError
from apn_emu.planning.memory import BASE_MB, memory_mb
from apn_emu.planning.plan import Plan

SPARE_MB = 512
"""Left to the host's other programs."""


def cores() -> int:
    """Return how many machines run at once: the cores that this process may use."""
    return len(os.sched_getaffinity(0))


def check_memory(plan: Plan) -> None:
    """Raise `InputError` if the plan's packets do not fit into this machine's free memory.

    A plan of ordinary size is not looked at: the guest takes memory only as it uses it.
    """
    needed = memory_mb(plan)
    if needed > BASE_MB and needed + SPARE_MB > (free := available_mb()):
        raise InputError(
            f"{plan.name} needs {needed} MB for the packets on their way, rate times round trip and"
            f" queues; this machine has {free} MB free: take a lower rate, a shorter way or a"
            " larger machine"
        )


def available_mb() -> int:
    """Return the memory that can be had without swapping (MemAvailable of proc(5))."""
    for line in Path("/proc/meminfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "MemAvailable":
            return int(value.split()[0]) // 1024
    raise AssertionError("Linux has had MemAvailable since 3.14")
