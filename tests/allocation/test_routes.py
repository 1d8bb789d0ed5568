"""Routes and disjoint pairs against brute force on random multigraphs, and known cases."""

from __future__ import annotations

import itertools

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.allocation.constraints import Constraints, candidate_routes, fibre_latency_us
from apn_emu.allocation.disjoint import Disjoint, disjoint_pair
from apn_emu.allocation.routes import Order, Route, RouteFinder
from apn_emu.network.loading import load_network
from apn_emu.network.model import Link, Network, Node


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Small multigraphs, perhaps in parts, with many equal lengths and some shared risks."""
    size = draw(st.integers(2, 6))
    pairs = list(itertools.combinations(range(size), 2))
    ends = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=10))
    links = []
    for number, (a, b) in enumerate(ends):
        srlgs = draw(st.lists(st.sampled_from(["x", "y", "z"]), max_size=1))
        length_km = draw(st.sampled_from([1.0, 2.0, 3.5]))
        links.append(Link(f"l{number}", f"n{a}", f"n{b}", length_km, tuple(srlgs)))
    nodes = tuple(Node(f"n{i}", f"n{i}") for i in range(size))
    return Network("random", nodes, tuple(links))


def all_routes(network: Network, finder: RouteFinder) -> list[Route]:
    """Return every loopless route n0 to n1 by brute force, in the stated total order."""
    position = {link.id: i for i, link in enumerate(network.links)}
    routes = []
    for edges in nx.all_simple_edge_paths(network.graph, "n0", "n1"):
        nodes = ["n0", *(head for _, head, _ in edges)]
        routes.append(finder.route(nodes, [link for _, _, link in edges]))

    def key(route: Route) -> tuple[float, float, list[int]]:
        km = round(route.length_km, 6)
        short = (km, route.hops) if finder.order is Order.KM else (route.hops, km)
        return (*short, [position[link] for link in route.links])

    return sorted(routes, key=key)


def share(network: Network, kind: Disjoint, one: Route, two: Route) -> bool:
    """Return whether the routes share what `kind` forbids."""
    if set(one.links) & set(two.links):
        return True
    if kind is Disjoint.NODE:
        return bool(set(one.nodes[1:-1]) & set(two.nodes[1:-1]))
    groups = [{g for link in r.links for g in network.link_by_id[link].srlgs} for r in (one, two)]
    return kind is Disjoint.SRLG and bool(groups[0] & groups[1])


@settings(deadline=None, derandomize=True, max_examples=200)
@given(networks(), st.sampled_from(Order))
def test_routes_are_all_routes_in_order(network: Network, order: Order) -> None:
    finder = RouteFinder(network, order)
    assert list(finder.routes("n0", "n1")) == all_routes(network, finder)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(networks(), st.sampled_from(Order), st.sampled_from(Disjoint))
def test_disjoint_pair_is_the_cheapest(network: Network, order: Order, kind: Disjoint) -> None:
    finder = RouteFinder(network, order)
    costs = [
        finder.cost(one) + finder.cost(two)
        for one, two in itertools.combinations(all_routes(network, finder), 2)
        if not share(network, kind, one, two)
    ]
    pair = disjoint_pair(finder, "n0", "n1", kind)
    if pair is None:
        assert not costs
    else:
        assert not share(network, kind, *pair)
        assert sum(map(finder.cost, pair)) == min(costs)
        assert finder.cost(pair[0]) <= finder.cost(pair[1])


def test_bhandari_trap_needs_the_second_route_to_run_back() -> None:
    links = [("a", "b", 1), ("b", "c", 1), ("c", "d", 1), ("a", "c", 3), ("b", "d", 3)]
    network = Network(
        "trap",
        tuple(Node(i, i) for i in "abcd"),
        tuple(Link(f"{a}-{b}", a, b, km) for a, b, km in links),
    )
    pair = disjoint_pair(RouteFinder(network), "a", "d", Disjoint.LINK)
    assert pair is not None
    assert {route.nodes for route in pair} == {("a", "b", "d"), ("a", "c", "d")}


@pytest.mark.parametrize(
    ("name", "ends", "kind", "exists"),
    [
        ("tokyo-metro", ("omiya", "yokohama"), Disjoint.NODE, False),
        ("tokyo-metro", ("omiya", "yokohama"), Disjoint.LINK, True),
        ("kansai-metro", ("otsu", "osaka"), Disjoint.LINK, False),
        ("kanto11", ("tokyo", "mito"), Disjoint.NODE, True),
    ],
)
def test_disjoint_pairs_of_shipped_networks(
    name: str, ends: tuple[str, str], kind: Disjoint, exists: bool
) -> None:
    pair = disjoint_pair(RouteFinder(load_network(name)), *ends, kind)
    assert (pair is not None) == exists


def test_fibres_name_the_direction() -> None:
    route = RouteFinder(load_network("tokyo-metro")).k_shortest("chiba", "tokyo", 1)[0]
    assert [fibre.source for fibre in route.fibres] == list(route.nodes[:-1])
    assert [fibre.source for fibre in route.both_directions] == [
        *route.nodes[:-1],
        *route.nodes[1:],
    ]


def test_constraints_select_and_explain() -> None:
    finder = RouteFinder(load_network("nsfnet"), Order.HOPS)
    latency_us = lambda route: fibre_latency_us(finder, route)  # noqa: E731
    free = candidate_routes(finder, "seattle", "atlanta", 3, Constraints(), latency_us)
    through = Constraints(include=("boulder",), max_hops=4)
    bound = candidate_routes(finder, "seattle", "atlanta", 3, through, latency_us)
    assert all("boulder" in route.nodes and route.hops <= 4 for route in bound.routes)
    assert any("does not pass boulder" in why for _, why in bound.rejected)
    around = Constraints(avoid=("champaign",))
    for route in candidate_routes(finder, "seattle", "atlanta", 3, around, latency_us).routes:
        assert "champaign" not in route.nodes
    slowest_us = max(map(latency_us, free.routes))
    fast = Constraints(max_latency_us=slowest_us - 1)
    assert all(
        latency_us(route) < slowest_us
        for route in candidate_routes(finder, "seattle", "atlanta", 3, fast, latency_us).routes
    )


def test_impossible_constraint_ends_the_search() -> None:
    finder = RouteFinder(load_network("coronet-conus"), Order.HOPS)
    search = candidate_routes(
        finder, "abilene", "dallas", 3, Constraints(max_hops=0), lambda route: 0.0
    )
    assert search.routes == ()
    assert search.examined == 1
    assert search.exhaustive
