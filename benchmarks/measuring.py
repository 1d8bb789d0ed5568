"""What the benchmarks share: processor time of a run, spreads, generated tables."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def _family() -> dict[str, list[str]]:
    """Return the fields of /proc/PID/stat from `state` on, of this process and its descendants.

    /proc/PID/children would be less to read, but leaves some out while others end.
    """
    found: dict[str, list[str]] = {}
    for process in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # ended meanwhile
            found[process.parent.name] = process.read_text().rpartition(")")[2].split()
    children: dict[str, list[str]] = {}
    for pid, fields in found.items():
        children.setdefault(fields[1], []).append(pid)
    family = [str(os.getpid())]
    for pid in family:
        family += children.get(pid, ())
    return {pid: found[pid] for pid in family}


def processor_s() -> float:
    """Return the processor time that this process and its descendants, ended or not, have used.

    A busy host changes it little, unlike wall time.
    """
    return sum(int(ticks) for fields in _family().values() for ticks in fields[11:15]) / TICKS_PER_S


def taken(work: Callable[[], object]) -> tuple[float, float]:
    """Do some work; return its wall time and processor time in s."""
    wall_s, spent_s = time.monotonic(), processor_s()
    work()
    return time.monotonic() - wall_s, processor_s() - spent_s


def best_s(work: Callable[[], object], times: int = 3) -> float:
    """Return the least wall time; the least of several is what the machine can do."""
    found = []
    for _ in range(times):
        begin_s = time.perf_counter()
        work()
        found.append(time.perf_counter() - begin_s)
    return min(found)


def spread(values: Sequence[float], digits: int = 2) -> str:
    """Return least, median and greatest."""
    three = (min(values), statistics.median(values), max(values))
    return "".join(f"{value:8.{digits}f}" for value in three)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _between_markers(page: Path, name: str) -> tuple[str, str, str]:
    """Return what stands before, between and after `<!-- NAME -->` and `<!-- /NAME -->`.

    Raises `ValueError` when the page has not both.
    """
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    before, found, rest = page.read_text("utf-8").partition(begin)
    between, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{page}: no {begin} ... {end}")
    return before + begin, between, end + after


def rows_between_markers(page: Path, name: str) -> list[list[str]]:
    """Return the cells of the table between two markers, its head first; empty without a table."""
    lines = _between_markers(page, name)[1].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("|")]
    return [row for row in rows if set(row) != {"---"}]


def write_between_markers(page: Path, name: str, text: str) -> None:
    """Replace what stands in a page between two markers."""
    before, _, after = _between_markers(page, name)
    page.write_text(f"{before}\n{text}\n{after}", "utf-8")


def machine() -> str:
    """Return what a measurement ran on."""
    from apn_emu.engine.embedded.kernel import find_kernel

    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    kernel = find_kernel()
    return (
        f"{os.cpu_count()} processors ({model}), Linux {kernel.version} embedded "
        f"({kernel.mode} mode), Python {platform.python_version()}."
    )
