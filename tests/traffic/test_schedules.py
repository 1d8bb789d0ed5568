"""Schedules run on numbers: does every rank end with what the operation promises?"""

import random
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.traffic.schedules import (
    Schedule,
    direct_all_to_all,
    hierarchical_all_reduce,
    ring_all_gather,
    ring_all_reduce,
    ring_reduce_scatter,
)
from apn_emu.traffic.trees import binary_tree, double_tree, double_tree_all_reduce

exhaustive = settings(deadline=None, derandomize=True, max_examples=60)
RANKS = st.integers(2, 17)


def simulate(schedule: Schedule, held: list[dict[int, frozenset]], seed: int) -> list[dict]:
    """Run the transfers in a random order that their dependencies and lanes allow.

    `held[rank][chunk]` is the set of contributions in that chunk; a contribution that arrives twice
    is a sum that counts it twice, hence an error.
    """
    order = random.Random(seed)
    before: dict[int, set[int]] = defaultdict(set)
    last: dict[tuple, int] = {}
    into: dict[tuple, list[int]] = defaultdict(list)
    for number, move in enumerate(schedule.transfers):
        before[number] |= set(into[move.source, move.chunk])
        lane = (move.source, move.destination, move.lane)
        if lane in last:
            before[number].add(last[lane])
        last[lane] = number
        into[move.destination, move.chunk].append(number)
    waiting, done = set(range(len(schedule.transfers))), set()
    while waiting:
        ready = sorted(number for number in waiting if before[number] <= done)
        number = order.choice(ready)
        move = schedule.transfers[number]
        moved = held[move.source][move.chunk]
        if move.combine:
            mine = held[move.destination].get(move.chunk, frozenset())
            assert not mine & moved, "counted twice"
            moved = mine | moved
        held[move.destination][move.chunk] = moved
        waiting.remove(number)
        done.add(number)
    return held


def everything(schedule: Schedule) -> list[dict[int, frozenset]]:
    return [
        {chunk: frozenset([rank]) for chunk in range(schedule.pieces)}
        for rank in range(schedule.ranks)
    ]


def sums_everywhere(schedule: Schedule, seed: int) -> None:
    whole = frozenset(range(schedule.ranks))
    for held in simulate(schedule, everything(schedule), seed):
        assert held == dict.fromkeys(range(schedule.pieces), whole)


@exhaustive
@given(RANKS, st.integers(0, 9))
def test_a_ring_sums_everywhere_with_the_least_bytes(ranks, seed):
    schedule = ring_all_reduce(ranks)
    sums_everywhere(schedule, seed)
    assert len(schedule.transfers) == 2 * (ranks - 1) * ranks


@exhaustive
@given(RANKS, st.integers(1, 4), st.integers(0, 9))
def test_two_trees_sum_everywhere(ranks, pieces, seed):
    sums_everywhere(double_tree_all_reduce(ranks, pieces), seed)


@exhaustive
@given(st.lists(st.integers(1, 4), min_size=1, max_size=5), st.integers(0, 9))
def test_a_hierarchy_sums_everywhere_and_moves_a_shard_between_sites(sizes, seed):
    names = iter(range(sum(sizes)))
    groups = [[next(names) for _ in range(size)] for size in sizes]
    schedule = hierarchical_all_reduce(groups)
    sums_everywhere(schedule, seed)
    site = {rank: number for number, group in enumerate(groups) for rank in group}
    between = [m for m in schedule.transfers if site[m.source] != site[m.destination]]
    # Each site sends and receives the message 2 (G - 1) / G times, however many servers it has.
    assert len(between) * len(groups) == 2 * (len(groups) - 1) * schedule.pieces * len(groups)


@exhaustive
@given(RANKS, st.integers(0, 9))
def test_reduce_scatter_leaves_piece_r_at_rank_r(ranks, seed):
    schedule = ring_reduce_scatter(ranks)
    held = simulate(schedule, everything(schedule), seed)
    assert all(held[rank][rank] == frozenset(range(ranks)) for rank in range(ranks))


@exhaustive
@given(RANKS, st.integers(0, 9))
def test_all_gather_brings_every_piece_to_every_rank(ranks, seed):
    start = [{rank: frozenset([rank])} for rank in range(ranks)]
    for held in simulate(ring_all_gather(ranks), start, seed):
        assert held == {rank: frozenset([rank]) for rank in range(ranks)}


def test_all_to_all_transposes():
    ranks = 5
    start = [{rank * ranks + to: frozenset([rank]) for to in range(ranks)} for rank in range(ranks)]
    held = simulate(direct_all_to_all(ranks), start, 0)
    for rank in range(ranks):
        assert all(held[rank][source * ranks + rank] == {source} for source in range(ranks))


@exhaustive
@given(RANKS)
def test_a_tree_has_two_children_at_most_and_no_rank_passes_on_in_both(ranks):
    passing = []
    for parents in double_tree(ranks):
        assert parents.count(None) == 1
        children = [parents.count(rank) for rank in range(ranks)]
        assert max(children) <= 2
        passing.append({rank for rank in range(ranks) if children[rank]})
    if ranks % 2 == 0:
        assert not passing[0] & passing[1]
    assert max(_depth(binary_tree(ranks), rank) for rank in range(ranks)) <= ranks.bit_length()


def _depth(parents, rank):
    return 0 if parents[rank] is None else 1 + _depth(parents, parents[rank])


@pytest.mark.parametrize("size_byte", [0, 1, 1000, 2**30 + 1])
def test_the_pieces_of_a_message_are_its_bytes(size_byte):
    for schedule in (ring_all_reduce(7), double_tree_all_reduce(5, 3), direct_all_to_all(4)):
        parts = [schedule.chunk_bytes(piece, size_byte) for piece in range(schedule.pieces)]
        assert sum(parts) == size_byte
        assert max(parts) - min(parts) <= 1
