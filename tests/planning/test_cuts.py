"""Cuts beside numbers worked out by hand, and beside maximum flow."""

from itertools import permutations

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.planning.cuts import MAX_SITES, bisection, capacities, minimum_cut_bps

G = 1e9
CARDS = 400 * G
ALL_TO_ALL = dict.fromkeys(permutations("abcd", 2), 1)


def square() -> nx.Graph:
    """a - b - c - d - a, 100G each but b - c with two lightpaths."""
    sides = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "a")]
    return capacities([(a, b, 100 * G) for a, b in sides])


def test_the_bisection_is_the_narrowest_of_the_equal_halves():
    sites = dict.fromkeys("abcd", 1)
    cut = bisection(square(), sites, dict.fromkeys("abcd", CARDS), ALL_TO_ALL)
    assert (cut.near, cut.capacity_bps) == ({"a", "d"}, 400 * G)


def test_halves_count_servers_not_sites():
    sites = {"a": 3, "b": 1, "c": 1, "d": 1}
    cut = bisection(square(), sites, dict.fromkeys("abcd", CARDS), ALL_TO_ALL)
    assert (cut.near, cut.capacity_bps) == ({"a"}, 400 * G)


def test_only_directions_that_are_used_count():
    cards = dict.fromkeys("abcd", CARDS)
    one_way = {("a", "b"): 1, ("d", "b"): 1, ("a", "d"): 1}
    assert bisection(square(), dict.fromkeys("abcd", 1), cards, one_way).capacity_bps == 200 * G


def test_cards_can_be_narrower_than_lightpaths():
    # Two of the three flows of each card cross, so two thirds of its rate are for the other half.
    cards = {"a": 30 * G, "b": CARDS, "c": CARDS, "d": 60 * G}
    cut = bisection(square(), dict.fromkeys("abcd", 1), cards, ALL_TO_ALL)
    assert (cut.near, cut.capacity_bps) == ({"a", "d"}, pytest.approx(2 * 60 * G))


def test_too_many_sites_have_no_bisection():
    sites = {f"s{number}": 1 for number in range(MAX_SITES + 1)}
    assert bisection(nx.complete_graph(sites), sites, dict.fromkeys(sites, CARDS), {}) is None


def test_the_minimum_cut_counts_lightpaths_and_cards():
    everybody = {"b": CARDS, "c": CARDS, "d": CARDS}
    assert minimum_cut_bps(square(), everybody, {"a": CARDS}) == 200 * G
    assert minimum_cut_bps(square(), everybody, {"a": 50 * G}) == 50 * G
    assert minimum_cut_bps(square(), {"b": 30 * G, "d": 50 * G}, {"a": CARDS}) == 80 * G
    assert minimum_cut_bps(square(), {"b": CARDS}, {"c": CARDS}) == 300 * G


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd"), st.integers(1, 9)),
        min_size=3,
        max_size=12,
    ).map(lambda edges: [(a, b, float(rate)) for a, b, rate in edges if a != b])
)
def test_more_lightpaths_never_narrow_a_bisection(edges):
    sites, cards = dict.fromkeys("abcd", 1), dict.fromkeys("abcd", CARDS)
    graph, more = capacities(edges), capacities([*edges, ("a", "c", 1.0)])
    for either in (graph, more):
        either.add_nodes_from("abcd")
    narrow, wide = (
        bisection(either, sites, cards, ALL_TO_ALL).capacity_bps for either in (graph, more)
    )
    assert narrow <= wide
