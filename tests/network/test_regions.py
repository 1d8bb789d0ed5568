"""What of a network lies in a region: known distances between cities."""

import pytest

from apn_emu.network.loading import load_network
from apn_emu.network.model import Link, Network, Node
from apn_emu.network.regions import Circle, links_inside, named_areas, nodes_inside


@pytest.fixture(scope="module")
def jpn48():
    return load_network("jpn48")


def test_cities_within_a_distance_of_tokyo(jpn48):
    # Yokohama is 27 km from Tokyo station as the crow flies, Chiba 32 km, Omiya 28 km.
    tokyo = jpn48.node_by_id["tokyo"]
    inside = {
        km: set(nodes_inside(jpn48, [Circle(tokyo.lat, tokyo.lon, km)])) for km in (26.5, 29, 33)
    }
    assert inside[26.5] == {"tokyo"}
    assert inside[29] == {"tokyo", "yokohama", "omiya"}
    assert inside[33] == {"tokyo", "yokohama", "omiya", "chiba"}


def test_a_fibre_is_hit_where_it_comes_nearest():
    nodes = (Node("w", "W", 35.0, 134.0), Node("e", "E", 35.0, 136.0), Node("n", "N", 37.0, 135.0))
    links = (Link("w-e", "w", "e", 200.0), Link("w-n", "w", "n", 300.0))
    network = Network("three", nodes, links)
    ((link, km),) = links_inside(network, [Circle(35.1, 134.5, 15.0)])
    assert link.id == "w-e"
    assert km == pytest.approx(50.0, abs=0.5)
    assert nodes_inside(network, [Circle(35.1, 134.5, 15.0)]) == []


def test_a_node_without_a_place_is_in_no_region():
    network = Network("two", (Node("a", "A"), Node("b", "B")), (Link("a-b", "a", "b", 10.0),))
    circle = Circle(0.0, 0.0, 20_000.0)
    assert nodes_inside(network, [circle]) == []
    assert links_inside(network, [circle]) == []


@pytest.mark.parametrize("name", sorted(named_areas()))
def test_named_areas_hit_cities_and_say_where_they_come_from(name, jpn48):
    area = named_areas()[name]
    assert len(area.source) > 50
    assert area.assumption
    hit = nodes_inside(jpn48, area.circles)
    expected = {
        "nankai-trough": {"shizuoka", "tsu", "wakayama", "tokushima", "kochi", "miyazaki"},
        "tokyo-inland": {"tokyo", "yokohama"},
    }
    assert set(hit) == expected[name]
    for link, km in links_inside(jpn48, area.circles):
        assert 0 <= km <= link.length_km
