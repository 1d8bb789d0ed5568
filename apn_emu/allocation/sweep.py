"""A blocking simulation repeated over loads and seeds, and its results pooled. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.allocation.blocking import BlockingResult, simulate
from apn_emu.allocation.blocking_model import BlockingModel
from apn_emu.allocation.statistics import clopper_pearson
from apn_emu.allocation.traffic import Traffic

MOST_ERLANG, MOST_LOADS = 1e9, 10_000
"""Of a sweep: more is a slip."""


@dataclass(frozen=True)
class Run:
    """One simulation of a sweep; can be sent to another process."""

    model: BlockingModel
    traffic: Traffic
    requests: int
    warmup: int
    seed: int

    def __call__(self) -> BlockingResult:
        """Return the result; the same run gives the same result in any process."""
        return simulate(self.model, self.traffic, self.requests, self.warmup, self.seed)


def pooled(results: Sequence[BlockingResult]) -> BlockingResult:
    """Return the runs of one load with different seeds as one; `seed` is the first."""
    first = results[0]
    requests = sum(result.requests for result in results)
    blocked = sum(result.blocked for result in results)
    inflation = _mean([result.variance_inflation for result in results])
    return BlockingResult(
        load_erlang=first.load_erlang,
        effective_load_erlang=first.effective_load_erlang,
        seed=first.seed,
        requests=requests,
        blocked=blocked,
        service_blocking=blocked / requests,
        bitrate_blocking=_mean([result.bitrate_blocking for result in results]),
        confidence_interval=clopper_pearson(blocked / inflation, requests / inflation),
        independent_interval=clopper_pearson(blocked, requests),
        variance_inflation=inflation,
        utilisation=_mean([result.utilisation for result in results]),
        fragmentation=_mean([result.fragmentation for result in results]),
    )


def parse_loads(text: str) -> tuple[float, ...]:
    """Return the loads of `210`, `190,230,270` or `150:300:10` (last one included), in Erlang.

    Raises `ValueError` that says what is wrong.
    """
    loads: list[float] = []
    for part in text.split(","):
        try:
            numbers = [float(number) for number in part.split(":")]
        except ValueError:
            raise ValueError(f"{part!r} is not a load in Erlang") from None
        if not all(0 < number <= MOST_ERLANG for number in numbers):
            raise ValueError(f"{part!r}: loads are above 0 and at most {MOST_ERLANG:g} Erlang")
        if len(numbers) == 1:
            loads += numbers
        elif len(numbers) == 3 and numbers[0] <= numbers[1]:
            first, last, step = numbers
            steps = int((last - first) / step + 1e-9)
            if steps > MOST_LOADS:
                raise ValueError(f"{part!r} are more than {MOST_LOADS} loads")
            loads += [first + n * step for n in range(steps + 1)]
        else:
            raise ValueError(f"{part!r} is not FIRST:LAST:STEP")
    return tuple(dict.fromkeys(loads))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
