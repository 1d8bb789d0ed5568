"""Blocking simulation: exact formula, published reference, equal loops, nothing leaks."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.allocation.assigners import by_policy, choice, first_fit
from apn_emu.allocation.blocking import simulate
from apn_emu.allocation.blocking_model import BlockingModel
from apn_emu.allocation.policies import Policy
from apn_emu.allocation.routes import Order
from apn_emu.allocation.statistics import erlang_b
from apn_emu.allocation.traffic import Traffic
from apn_emu.network.loading import load_network
from apn_emu.network.model import Link, Network, Node

NSFNET = BlockingModel(load_network("nsfnet"))
ONE_LINK = Network("link", (Node("a", "A"), Node("b", "B")), (Link("a-b", "a", "b", 100.0),))


@pytest.mark.parametrize("truncation", [None, 2.0])
@pytest.mark.parametrize(("load", "wavelengths"), [(30, 40), (35, 40), (85, 96)])
def test_one_link_is_erlang_b(load: float, wavelengths: int, truncation: float | None) -> None:
    """Erlang's formula holds for any holding time of the same mean (insensitivity)."""
    model = BlockingModel(
        ONE_LINK, slots=wavelengths, demand_slots=1, rates_gbps=(100,), shared=True
    )
    drawn = Traffic(load, truncation=truncation)
    nominal = Traffic(load**2 / drawn.effective_load_erlang, truncation=truncation)
    result = simulate(model, nominal, 60_000, 2_000, seed=3)
    low, high = result.confidence_interval
    assert low <= erlang_b(load, wavelengths) <= high
    assert high - low < 0.4 * result.service_blocking
    assert result.bitrate_blocking == result.service_blocking


# service blocking published for XLRON: 2 million requests a point (docs/allocation.md)
@pytest.mark.parametrize(
    ("load", "published", "tolerance"),
    [(190, 2.12e-3, 0.5), (230, 1.40e-2, 0.15), (270, 3.93e-2, 0.15)],
)
def test_published_reference(load: float, published: float, tolerance: float) -> None:
    result = simulate(NSFNET, Traffic(load), 100_000, 3_000, seed=1)
    assert result.service_blocking == pytest.approx(published, rel=tolerance)
    assert result.effective_load_erlang == pytest.approx(0.687 * load, rel=1e-3)
    assert result.bitrate_blocking > result.service_blocking  # wide requests fit less often


def test_order_by_km_blocks_more() -> None:
    by_km = simulate(replace(NSFNET, order=Order.KM), Traffic(230), 20_000, 2_000, seed=1)
    by_hops = simulate(NSFNET, Traffic(230), 20_000, 2_000, seed=1)
    assert by_km.service_blocking > 1.5 * by_hops.service_blocking


@pytest.mark.parametrize("policy", Policy.names())
@pytest.mark.parametrize("shared", [False, True])
def test_nothing_leaks_with_any_policy(policy: str, shared: bool) -> None:
    """`simulate` itself raises when a slot is not free after the last request has left."""
    model = replace(NSFNET, policy=Policy.parse(policy), slots=40, shared=shared)
    result = simulate(model, Traffic(100), 1_000, 100, seed=2)
    assert 0 < result.service_blocking < 1
    assert 0 < result.utilisation < 1
    assert result == simulate(model, Traffic(100), 1_000, 100, seed=2)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.integers(0, 2**32), st.integers(2, 60))
def test_fast_first_fit_equals_the_general_one(seed: int, slots: int) -> None:
    rng = random.Random(seed)
    masks = [[(1 << slots) - 1] * 6 for _ in range(2)]
    fast, slow = first_fit(masks[0]), by_policy(Policy(), masks[1], slots, seed)
    held = []
    for _ in range(60):
        routes = [rng.sample(range(6), rng.randint(1, 4)) for _ in range(3)]
        choices = [choice(tuple(route), rng.randint(1, 9)) for route in routes]
        granted = fast(choices)
        assert granted == slow(choices)
        assert masks[0] == masks[1]
        if granted:
            held.append(granted)
        if held and rng.random() < 0.4:
            fibres, mask = held.pop(rng.randrange(len(held)))
            for free in masks:
                for fibre in fibres:
                    assert free[fibre] & mask == 0
                    free[fibre] |= mask


def test_candidates_have_the_fewest_hops_tried_by_hops_per_bit() -> None:
    for candidates in NSFNET.candidates():
        order = [c.hops / c.bits_per_symbol for c in candidates]
        assert order == sorted(order)
        assert len({c.route for c in candidates}) == 5


def test_width_counts_the_guard_slot() -> None:
    assert NSFNET.width(100, 1) == 9
    assert NSFNET.width(25, 4) == 2
    assert replace(NSFNET, demand_slots=1).width(100, 1) == 1


def test_progress_ends_at_one() -> None:
    seen: list[float] = []
    simulate(NSFNET, Traffic(100), 500, 50, 1, seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0
