"""Blocking probability by simulation: requests come, are served or blocked, and leave."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apn_emu.allocation.assigners import Choice, Grant, assigner, with_quality
from apn_emu.allocation.blocking_model import BlockingModel, Candidate
from apn_emu.allocation.spectrum import SpectrumError, fragmentation
from apn_emu.allocation.statistics import clopper_pearson, variance_inflation
from apn_emu.allocation.traffic import Requests, Traffic
from apn_emu.optics.grid import Channel
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.qot import LineSystem

FRAGMENTATION_SAMPLES = 100
"""How often in a run the fragmentation of all fibres is looked at."""

_BEST_PLACE_DB = 0.1
"""How much better than at three places of the band the GSNR may be at the best place."""


@dataclass(frozen=True)
class BlockingResult:
    """What became of the counted requests, those after the warm-up.

    `utilisation` is the mean fraction of slots in use, `fragmentation` the mean over fibres and
    samples of 1 - largest gap / free slots. `variance_inflation` says how much blocked requests
    cluster; `confidence_interval` allows for it, `independent_interval` (plain Clopper-Pearson)
    does not and is too narrow for that reason.
    """

    load_erlang: float
    effective_load_erlang: float
    seed: int
    requests: int
    blocked: int
    service_blocking: float
    bitrate_blocking: float
    confidence_interval: tuple[float, float]
    independent_interval: tuple[float, float]
    variance_inflation: float
    utilisation: float
    fragmentation: float


def simulate(
    model: BlockingModel,
    traffic: Traffic,
    requests: int,
    warmup: int,
    seed: int,
    progress: Callable[[float], None] = lambda fraction: None,
) -> BlockingResult:
    """Serve `warmup` requests that are not counted and `requests` that are; same seed, same result.

    `progress` gets the fraction done. Raises `SpectrumError` when a slot is lost or gained.
    """
    pairs, rates = len(model.pairs), model.rates_gbps
    drawn = traffic.draw(warmup + requests, pairs, len(rates), seed)
    grants, looks = _serve(model, drawn, warmup, seed, progress)
    blocked = np.array([grant is None for grant in grants[warmup:]], dtype=np.int64)
    rate = np.array(rates)[drawn.rate[warmup:]]
    hits = int(blocked.sum())
    inflation = _inflation(blocked, traffic)
    return BlockingResult(
        load_erlang=traffic.load_erlang,
        effective_load_erlang=traffic.effective_load_erlang,
        seed=seed,
        requests=requests,
        blocked=hits,
        service_blocking=hits / requests,
        bitrate_blocking=float((rate * blocked).sum() / rate.sum()),
        confidence_interval=clopper_pearson(hits / inflation, requests / inflation),
        independent_interval=clopper_pearson(hits, requests),
        variance_inflation=inflation,
        utilisation=_utilisation(model, drawn, grants, warmup),
        fragmentation=float(np.mean(looks)),
    )


def _serve(
    model: BlockingModel,
    drawn: Requests,
    warmup: int,
    seed: int,
    progress: Callable[[float], None],
) -> tuple[list[Grant | None], list[float]]:
    """Run all events; return what each request got, and the sampled fragmentation.

    The run goes on until the last request has left, and then every slot must be free again.
    """
    full = (1 << model.slots) - 1
    free = [full] * len(model.fibres)
    choices = _Choices(model)
    darken = None
    if model.modes:
        links: dict[Hashable, str] = {
            number: fibre.link for number, fibre in enumerate(model.fibres)
        }
        lit = LitSpectrum(choices.system, model.min_margin_db, links)
        assign, darken = with_quality(model.policy, free, model.slots, seed, lit)
    else:
        assign = assigner(model.policy, free, model.slots, seed)
    count = len(drawn.pair)
    keys = (drawn.pair * len(model.rates_gbps) + drawn.rate).tolist()
    grants: list[Grant | None] = [None] * count
    looks: list[float] = []
    events = drawn.events()
    for chunk in np.split(events, _sample_points(events, warmup, count)):
        for event in chunk.tolist():
            if event < count:
                grants[event] = assign(choices[keys[event]])
            elif grant := grants[event - count]:
                if darken is not None:
                    darken(grant)
                fibres, mask = grant
                for fibre in fibres:
                    free[fibre] |= mask
        if len(looks) < FRAGMENTATION_SAMPLES:
            looks.append(sum(map(fragmentation, free)) / len(free))
            progress(len(looks) / FRAGMENTATION_SAMPLES)
    if any(mask != full for mask in free):
        raise SpectrumError("slots are missing after the last request has left")
    return grants, looks


def _sample_points(events: NDArray[np.int64], warmup: int, count: int) -> NDArray[np.int64]:
    """Return positions among the events between the first counted arrival and the last."""
    (first,), (last,) = np.flatnonzero(events == warmup), np.flatnonzero(events == count - 1)
    return np.linspace(first + 1, last + 1, FRAGMENTATION_SAMPLES).astype(np.int64)


def _inflation(blocked: NDArray[np.int64], traffic: Traffic) -> float:
    """Return the variance inflation from at most 64 batches, each ten holding times or longer."""
    batches = min(64, int(blocked.size / (10 * traffic.load_erlang)))
    if batches < 2:
        return 1.0
    counts = [int(part.sum()) for part in np.array_split(blocked, batches)]
    return variance_inflation(counts, blocked.size / batches)


class _Choices(dict[int, Sequence[Choice]]):
    """Ways to serve a request by pair and rate, worked out when first asked for.

    With modes, those that do not even reach through an otherwise dark network are left out.
    """

    def __init__(self, model: BlockingModel) -> None:
        super().__init__()
        self._model = model
        self._candidates = model.candidates()
        self.system = LineSystem(model.network)
        self._reach: dict[tuple[tuple[str, ...], str], bool] = {}

    def __missing__(self, key: int) -> Sequence[Choice]:
        pair, rate = divmod(key, len(self._model.rates_gbps))
        gbps = self._model.rates_gbps[rate]
        self[key] = [
            found
            for candidate in self._candidates[pair]
            for found in self._model.choices(candidate, gbps)
            if self._reaches(candidate, found)
        ]
        return self[key]

    def _reaches(self, candidate: Candidate, found: Choice) -> bool:
        _, width, _, mode = found
        if mode is None:
            return True
        key = (candidate.route.links, mode.name)
        if key not in self._reach:
            last = self._model.slots - width
            margin_db = max(
                self.system.gsnr(candidate.route.links, Channel(lower, width), mode, {}).margin_db
                for lower in (0, last // 2, last)
            )
            self._reach[key] = margin_db + _BEST_PLACE_DB >= self._model.min_margin_db
        return self._reach[key]


def _utilisation(
    model: BlockingModel, drawn: Requests, grants: Sequence[Grant | None], warmup: int
) -> float:
    """Return the mean fraction of slots taken between the first counted arrival and the last."""
    slots: NDArray[np.int64] = np.array(
        [len(grant[0]) * grant[1].bit_count() if grant else 0 for grant in grants]
    )
    begin, end = drawn.arrival[warmup], drawn.arrival[-1]
    held = np.clip(drawn.arrival + drawn.holding, begin, end) - np.clip(drawn.arrival, begin, end)
    return float((slots * held).sum() / ((end - begin) * model.slots * len(model.fibres)))
