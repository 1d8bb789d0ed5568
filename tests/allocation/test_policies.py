"""Places in the spectrum: each policy by example, and masks against slow counting."""

from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.allocation.policies import Place, Policy, bits, choose, use_of_units
from apn_emu.allocation.spectrum import fragmentation, gaps, places, starts, usable_units
from apn_emu.optics.grid import C_BAND, L_BAND, Grid

FREE = 0b0111_0011_0000_1111  # gaps of 4 at 0, of 2 at 8, of 3 at 12
MASKS = st.integers(0, (1 << 40) - 1)


def place(name: Place, width: int, use: list[int] | None = None, seed: int = 0) -> int:
    rng = random.Random(seed)
    return choose(name, starts(FREE, width), FREE, width, rng, lambda: use or [0] * 16)


@pytest.mark.parametrize(
    ("name", "width", "lower"),
    [
        (Place.FIRST_FIT, 2, 0),
        (Place.LAST_FIT, 2, 13),
        (Place.BEST_FIT, 2, 8),
        (Place.BEST_FIT, 3, 12),
        (Place.EXACT_FIT, 2, 8),
        (Place.EXACT_FIT, 1, 0),  # no gap of 1: first fit
    ],
)
def test_place(name: Place, width: int, lower: int) -> None:
    assert place(name, width) == lower


def test_most_and_least_used() -> None:
    use = [5, 5, 0, 0, 9, 9, 9, 9, 1, 1, 0, 0, 7, 7, 7, 0]
    assert place(Place.MOST_USED, 2, use) == 12
    assert place(Place.LEAST_USED, 2, use) == 2


def test_random_is_seeded_and_reaches_all_places() -> None:
    chosen = {place(Place.RANDOM, 2, seed=seed) for seed in range(200)}
    assert chosen == set(bits(starts(FREE, 2)))
    assert place(Place.RANDOM, 2, seed=5) == place(Place.RANDOM, 2, seed=5)


@settings(deadline=None, derandomize=True)
@given(MASKS, st.integers(1, 12))
def test_starts_are_where_a_run_begins(free: int, width: int) -> None:
    run = (1 << width) - 1
    slow = sum(1 << u for u in range(40) if free >> u & run == run)
    assert starts(free, width) == slow


@settings(deadline=None, derandomize=True)
@given(MASKS)
def test_gaps_make_up_the_mask(free: int) -> None:
    runs = gaps(free)
    assert sum(((1 << length) - 1) << first for first, length in runs) == free
    assert all(a + n < b for (a, n), (b, _) in itertools.pairwise(runs))
    assert 0 <= fragmentation(free) < 1


@settings(deadline=None, derandomize=True)
@given(st.lists(MASKS, min_size=1, max_size=5))
def test_use_counts_taken_units(free: list[int]) -> None:
    usable = (1 << 40) - 1
    slow = [sum(not mask >> unit & 1 for mask in free) for unit in range(40)]
    assert use_of_units(free, usable) == slow


@pytest.mark.parametrize("name", Policy.names())
def test_policy_names_are_read_back(name: str) -> None:
    policy = Policy.parse(name)
    assert Policy.parse(str(policy)) == policy


def test_unknown_policy_lists_the_known() -> None:
    with pytest.raises(ValueError, match="ksp-ff"):
        Policy.parse("ksp-fff")


def test_bands_do_not_adjoin() -> None:
    grid = Grid(None, (C_BAND, L_BAND))
    assert gaps(usable_units(grid)) == [(0, 768), (1024, 768)]
    assert places(Grid(50.0), 50.0).bit_count() == 96
