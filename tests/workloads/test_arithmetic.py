"""What workloads calculate from measured times."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.measuring.extrapolation import extrapolate, least_s_per_byte
from apn_emu.measuring.training_model import all_bucket_times, bucket_sizes, step_time
from apn_emu.traffic.schedules import direct_all_to_all, ring_all_reduce
from apn_emu.workloads.asynchronous_replication import arrivals, exposure
from apn_emu.workloads.collective import bus_factor, make_schedule

exhaustive = settings(deadline=None, derandomize=True)
TIMES = st.lists(st.floats(0, 10), min_size=1, max_size=30)


def test_the_bus_factors_are_those_of_nccl_tests():
    assert bus_factor("all-reduce", 4) == 1.5
    assert [bus_factor(name, 4) for name in ("all-gather", "reduce-scatter", "all-to-all")] == [
        0.75,
        0.75,
        0.75,
    ]


def test_the_sites_are_the_groups_of_a_hierarchy():
    places = ["tokyo/1", "chiba/1", "tokyo/2", "chiba/2"]
    schedule = make_schedule("all-reduce", "hierarchical", places, 8)
    first = [(move.source, move.destination) for move in schedule.transfers[:4]]
    assert set(first) == {(0, 2), (2, 0)}, "tokyo's two servers begin with each other"


def test_extrapolation_goes_on_in_a_line_but_never_beats_the_card():
    measured = [(1000, 9.0), (1_000_000, 1.0), (2_000_000, 1.5)]
    assert extrapolate(measured, 4_000_000, least_s_per_byte=0) == pytest.approx(2.5)
    assert extrapolate(measured, 4_000_000, least_s_per_byte=1e-6) == pytest.approx(3.5)


def test_the_busiest_card_or_way_sets_the_least_time():
    schedule = ring_all_reduce(4)
    places = ["a/1", "a/2", "b/1", "b/2"]
    slow_ways = least_s_per_byte(schedule, places, lambda _: 400e9, lambda *_: 100e9)
    assert slow_ways == pytest.approx(2 * 3 / 4 * 8 / 100e9), "one of four hops, each way"
    slow_cards = least_s_per_byte(schedule, places, lambda _: 10e9, lambda *_: 100e9)
    assert slow_cards == pytest.approx(2 * 3 / 4 * 8 / 10e9)
    direct = least_s_per_byte(direct_all_to_all(4), places, lambda _: 400e9, lambda *_: 100e9)
    assert direct == pytest.approx(4 * 8 / 4 / 100e9), "four pairs of servers share the way"


def test_buckets_hold_the_gradient():
    assert bucket_sizes(100, 30) == [25, 25, 25, 25]
    assert bucket_sizes(10, 30) == [10]
    assert sum(bucket_sizes(10**9 + 7, 25 * 2**20)) == 10**9 + 7
    assert all_bucket_times([3.0, 1.0], 4) == [3.0, 1.0, 1.0, 1.0]
    assert all_bucket_times([3.0, 1.0], 1) == [3.0]


def test_a_step_hides_what_it_can():
    assert step_time(10, 0, [1.0, 1.0]) == 12, "nothing is ready before the end"
    assert step_time(10, 0.5, [1.0, 1.0]) == 11, "the last bucket is ready with the end"
    assert step_time(10, 0.5, [4.0, 4.0]) == 15.5, "the first is ready at 7.5"
    assert step_time(10, 1, [0.0] * 5) == 10


@exhaustive
@given(st.floats(0.001, 100), st.floats(0, 1), TIMES)
def test_a_step_lies_between_all_hidden_and_nothing_hidden(compute_s, overlap, buckets):
    step_s = step_time(compute_s, overlap, buckets)
    assert compute_s + buckets[-1] <= step_s * (1 + 1e-12)
    assert step_s <= (compute_s + sum(buckets)) * (1 + 1e-12)
    assert step_s <= step_time(compute_s, 0, buckets) * (1 + 1e-12)


def test_exposure_counts_what_is_here_and_not_there():
    assert exposure([10, 20, 30], [40, 41, 42]) == ([30, 21, 12], 3)
    assert exposure([10, 20, 30], [12, 22, 25]) == ([2, 2, 0], 1)


@exhaustive
@given(st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), min_size=1, max_size=20))
def test_the_most_exposed_writes_are_found(moments):
    committed = sorted(early for early, _ in moments)
    durable = sorted(late for _, late in moments)
    most = max(
        sum(early <= now for early in committed) - sum(late <= now for late in durable)
        for now in committed
    )
    assert exposure(committed, durable)[1] == max(0, most)


def test_arrivals_are_poisson_and_follow_the_seed():
    moments = arrivals(1000, 5000, "1 0")
    assert moments == arrivals(1000, 5000, "1 0") != arrivals(1000, 5000, "1 1")
    gaps = [later - sooner for sooner, later in pairwise(moments)]
    mean = sum(gaps) / len(gaps)
    deviation = (sum((gap - mean) ** 2 for gap in gaps) / len(gaps)) ** 0.5
    assert mean == pytest.approx(1e6, rel=0.05)
    assert deviation == pytest.approx(mean, rel=0.05), "exponential gaps deviate by their mean"
