"""Runs of `apn-emu blocking`, side by side in processes, with progress on the error output."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Any, TypeVar

from apn_emu.allocation.blocking import BlockingResult
from apn_emu.allocation.sweep import Run, pooled
from apn_emu.errors import InputError, Problem

T = TypeVar("T")


@dataclass(frozen=True)
class Point:
    """The result of one load, and how fast it was simulated on one core."""

    result: BlockingResult
    requests_per_second: float


def checked(option: str, parse: Callable[[str], T], text: str) -> T:
    """Return the parsed option; raise `InputError` that names it."""
    try:
        return parse(text)
    except ValueError as error:
        raise InputError(Problem(None, None, option, str(error))) from error


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


def settings(run: Run, options: dict[str, Any]) -> dict[str, Any]:
    """Return everything that the results depend on, as plain values."""
    model = run.model
    return {
        "network": model.network.name,
        "policy": str(model.policy),
        "k": model.k,
        "order": str(model.order),
        "order_detail": _order(run),
        "slots": model.slots,
        "slot_ghz": model.slot_ghz,
        "guard_slots": model.guard_slots,
        "demand_slots": model.demand_slots,
        "rates_gbps": options["rates"],
        "modulations": "by quality of transmission" if model.modes else options["modulations"],
        "direction": options["direction"],
        "mean_holding": run.traffic.mean_holding,
        "holding_truncated_at_means": run.traffic.truncation,
        "requests": run.requests,
        "warmup": run.warmup,
        "seed": options["seed"],
        "repeat": options["repeat"],
        "preset": options["preset"],
    }


def _order(run: Run) -> str:
    model = run.model
    if model.order == "km":
        return "fewest km, tried in this order"
    tried = "in this order" if model.modes else "by hops / bits per symbol"
    return f"fewest hops, ties: {model.ties}, tried {tried}"


def _timed(run: Run) -> tuple[BlockingResult, float]:
    begin = time.perf_counter()
    return run(), time.perf_counter() - begin
