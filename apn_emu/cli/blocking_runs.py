"""Runs of `apn-emu blocking`, side by side in processes, with progress on the error output."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context

from apn_emu.allocation.blocking import BlockingResult
from apn_emu.allocation.sweep import Run, pooled


@dataclass(frozen=True)
class Point:
    """The result of one load, and how fast it was simulated on one core."""

    result: BlockingResult
    requests_per_second: float


def run_all(runs: Sequence[Run], repeat: int, jobs: int | None) -> list[Point]:
    """Return a point for each load, in order; each load has `repeat` runs in a row."""
    from rich.console import Console
    from rich.progress import Progress

    done: dict[int, tuple[BlockingResult, float]] = {}
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("simulating", total=len(runs))
        if len(runs) == 1:
            done[0] = _timed(runs[0])
        else:
            with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
                number_of = {pool.submit(_timed, run): n for n, run in enumerate(runs)}
                for future in as_completed(number_of):
                    done[number_of[future]] = future.result()
                    progress.advance(task)
    points = []
    for first in range(0, len(runs), repeat):
        results, seconds = zip(*(done[n] for n in range(first, first + repeat)), strict=True)
        served = sum(run.requests + run.warmup for run in runs[first : first + repeat])
        points.append(Point(pooled(results), served / sum(seconds)))
    return points


def _timed(run: Run) -> tuple[BlockingResult, float]:
    begin = time.perf_counter()
    return run(), time.perf_counter() - begin
