"""Maps keep directions and never overwrite a node with a name."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from apn_emu.network.drawing import fitted, positions, text_map
from apn_emu.network.loading import load_network, shipped_networks
from apn_emu.results.network_map import network_map


def test_north_is_up_and_east_is_right() -> None:
    at = positions(load_network("jpn12"))
    assert at["sapporo"][1] < at["sendai"][1] < at["tokyo"][1]
    assert at["naha"][0] < at["osaka"][0] < at["tokyo"][0]


def test_network_without_coordinates_stands_on_a_circle() -> None:
    network = load_network("tokyo-metro")
    nodes = tuple(replace(node, lat=None, lon=None) for node in network.nodes)
    at = positions(replace(network, nodes=nodes))
    assert all(x**2 + y**2 == pytest.approx(1) for x, y in at.values())
    assert len(set(at.values())) == len(nodes)


def test_fit_keeps_proportions() -> None:
    box = fitted({"a": (0, 0), "b": (2, 1)}, 100, 100)
    (x1, y1), (x2, y2) = box["a"], box["b"]
    assert (x2 - x1, y2 - y1) == (100, 50)
    assert fitted({"a": (3, 3)}, 10, 10) == {"a": (5, 5)}


@pytest.mark.parametrize("name", shipped_networks())
def test_text_map_fits_and_shows_nodes(name: str) -> None:
    lines = text_map(load_network(name), 78, 26).split("\n")
    assert len(lines) == 26
    assert max(map(len, lines)) <= 78
    assert any("o" in line for line in lines)


def test_small_map_names_every_node() -> None:
    network = load_network("kanto11")
    drawn = text_map(network)
    assert all(node.name in drawn for node in network.nodes)


def test_svg_map_is_well_formed() -> None:
    network = load_network("nsfnet")
    root = ElementTree.fromstring(network_map(network))
    shapes = [element.tag.rpartition("}")[2] for element in root.iter()]
    assert shapes.count("circle") == len(network.nodes)
    assert shapes.count("line") == len(network.links)
