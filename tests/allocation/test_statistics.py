"""Erlang B and Clopper-Pearson against published values and direct sums."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.allocation.statistics import (
    clopper_pearson,
    erlang_b,
    incomplete_beta,
    variance_inflation,
)


@pytest.mark.parametrize(
    ("load", "servers", "blocking"),
    [(30, 40, 1.441e-2), (35, 40, 5.424e-2), (70, 80, 2.520e-2), (85, 96, 2.303e-2)],
)
def test_erlang_b(load: float, servers: int, blocking: float) -> None:
    assert erlang_b(load, servers) == pytest.approx(blocking, rel=5e-4)


@pytest.mark.parametrize(
    ("hits", "trials", "interval"),
    [
        (0, 10, (0.0, 0.3085)),
        (5, 10, (0.1871, 0.8129)),
        (10, 100, (0.0490, 0.1762)),
        (10, 10, (0.6915, 1.0)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_clopper_pearson(hits: int, trials: int, interval: tuple[float, float]) -> None:
    assert clopper_pearson(hits, trials) == pytest.approx(interval, abs=5e-5)


@settings(deadline=None, derandomize=True)
@given(st.integers(1, 60), st.data())
def test_incomplete_beta_is_the_binomial_tail(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n))
    p = data.draw(st.floats(0.01, 0.99))
    tail = sum(math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    assert incomplete_beta(p, k, n - k + 1) == pytest.approx(tail, rel=1e-9, abs=1e-12)


def test_clusters_inflate_the_variance() -> None:
    assert variance_inflation([10, 10, 10, 10], 100) == 1.0
    assert variance_inflation([40, 0, 0, 0], 100) > 10
    assert variance_inflation([0, 0], 100) == 1.0
