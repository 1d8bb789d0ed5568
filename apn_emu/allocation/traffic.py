"""Erlang traffic: Poisson arrivals, exponential holding times, uniform pairs and rates."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Requests:
    """Requests in order of arrival, arrays of shape (n,); times in the unit of the holding time.

    `pair` and `rate` are positions in the lists of node pairs and of rates.
    """

    arrival: NDArray[np.float64]
    holding: NDArray[np.float64]
    pair: NDArray[np.int64]
    rate: NDArray[np.int64]

    def events(self) -> NDArray[np.int64]:
        """Return all events in time: request i arrives is i, request i departs is n + i.

        Whether a request is served changes nothing about the times, so they are sorted once.
        """
        times = np.concatenate((self.arrival, self.arrival + self.holding))
        return np.argsort(times, kind="stable")


@dataclass(frozen=True)
class Traffic:
    """`load_erlang` is the arrival rate times `mean_holding`, in the whole network.

    With `truncation` t, a holding time above t times the mean is drawn again (as in DeepRMSA and
    XLRON), which lowers the mean of what is really held; None draws it once.
    """

    load_erlang: float
    mean_holding: float = 20.0
    truncation: float | None = 2.0

    @property
    def effective_load_erlang(self) -> float:
        """Load that the drawn holding times really offer: mean of the truncated exponential."""
        if self.truncation is None:
            return self.load_erlang
        beyond = math.exp(-self.truncation)
        return self.load_erlang * (1 - self.truncation * beyond / (1 - beyond))

    def draw(self, requests: int, pairs: int, rates: int, seed: int) -> Requests:
        """Return `requests` requests; the same arguments give the same ones (PCG64)."""
        rng = np.random.default_rng(seed)
        arrival = np.cumsum(rng.exponential(self.mean_holding / self.load_erlang, requests))
        holding = rng.exponential(self.mean_holding, requests)
        if self.truncation is not None:
            limit = self.truncation * self.mean_holding
            while (above := np.flatnonzero(holding > limit)).size:
                holding[above] = rng.exponential(self.mean_holding, above.size)
        pair = rng.integers(pairs, size=requests)
        return Requests(arrival, holding, pair, rng.integers(rates, size=requests))
