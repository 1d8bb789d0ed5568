"""Published flow sizes and their arrivals."""

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.traffic.arrivals import poisson
from apn_emu.traffic.flow_sizes import (
    DATA_MINING,
    DISTRIBUTIONS,
    WEB_SEARCH,
    mean_bytes,
    size_bytes,
    size_class,
)

distributions = pytest.mark.parametrize("distribution", [WEB_SEARCH, DATA_MINING])


@distributions
def test_a_distribution_rises_from_nothing_to_certainty(distribution):
    sizes, cumulated = zip(*distribution, strict=True)
    assert (sizes[0], cumulated[0], cumulated[-1]) == (0, 0, 1)
    assert sorted(set(sizes)) == list(sizes)
    assert sorted(set(cumulated)) == list(cumulated)


def test_means_are_those_that_are_known_from_the_tables():
    # Linear between the points, as the simulators read these tables.
    assert mean_bytes(WEB_SEARCH) == pytest.approx(1.71e6, rel=0.01)
    assert mean_bytes(DATA_MINING) == pytest.approx(12.6e6, rel=0.02)


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(sorted(DISTRIBUTIONS)), st.floats(0, 1), st.floats(0, 1))
def test_sizes_rise_with_probability(name, one, other):
    low, high = sorted((one, other))
    distribution = DISTRIBUTIONS[name]
    assert 1 <= size_bytes(distribution, low) <= size_bytes(distribution, high)
    assert size_bytes(distribution, high) <= distribution[-1][0]


def test_points_of_the_table_are_met():
    for size, probability in WEB_SEARCH[1:]:
        assert size_bytes(WEB_SEARCH, probability) == size
    assert size_bytes(WEB_SEARCH, 0.075) == 5_000


def test_classes_are_those_of_pfabric():
    sizes = [1, 100_000, 100_001, 10_000_000, 10_000_001]
    assert [*map(size_class, sizes)] == ["small", "small", "medium", "medium", "large"]


def test_arrivals_offer_the_load_and_are_poisson():
    lasting_ns = 100 * 10**9
    flows = list(poisson("seed", WEB_SEARCH, 10e9, lasting_ns))
    offered_bps = sum(flow.size_bytes for flow in flows) * 8 / 100
    assert offered_bps == pytest.approx(10e9, rel=0.03)
    gaps = [after.at_ns - before.at_ns for before, after in pairwise(flows)]
    mean = sum(gaps) / len(gaps)
    spread = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
    assert spread == pytest.approx(mean, rel=0.05)  # as of an exponential distribution
    assert flows == list(poisson("seed", WEB_SEARCH, 10e9, lasting_ns))
    assert flows != list(poisson("other", WEB_SEARCH, 10e9, lasting_ns))
