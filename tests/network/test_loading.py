"""Shipped networks hold what their README says; a wrong file is one error with file, line, key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from apn_emu.errors import InputError
from apn_emu.network.loading import load_network, parse_network, shipped_networks

# name: nodes, links, total km (the table of topologies/README.md)
SHIPPED = {
    "jpn12": (12, 17, 7433.8),
    "jpn25": (25, 43, 9136.0),
    "jpn48": (48, 82, 12611.0),
    "tokyo-metro": (5, 6, 248.3),
    "kansai-metro": (5, 6, 257.0),
    "kanto11": (11, 18, 1587.1),
    "nsfnet": (14, 22, 21300.0),
    "cost239": (11, 26, 14954.0),
    "cost239-ptrnet-real": (11, 26, 14954.0),
    "german17": (17, 26, 4427.0),
    "coronet-conus": (75, 99, 39185.6),
}
PAIR = [{"id": "a"}, {"id": "b"}]


def parse(document: object) -> list[str]:
    """Return the problems of a JSON document as text."""
    with pytest.raises(InputError) as caught:
        parse_network(json.dumps(document, indent=1), "net.json", "net", ".json")
    return [str(problem) for problem in caught.value.problems]


def test_all_networks_of_the_data_set_ship() -> None:
    assert set(shipped_networks()) == set(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_network(name: str) -> None:
    network = load_network(name)
    total_km = round(sum(link.length_km for link in network.links), 1)
    assert (len(network.nodes), len(network.links), total_km) == SHIPPED[name]
    assert network.name == name
    assert network.source


def test_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean nsfnet"):
        load_network("nsfnt")


def test_missing_file_is_named() -> None:
    with pytest.raises(InputError, match=r"no/such\.yaml"):
        load_network("no/such.yaml")


def test_relative_path_counts_from_base(tmp_path: Path) -> None:
    (tmp_path / "lab.yaml").write_text("nodes: [{id: a}, {id: b}]\nlinks: [{a: a, b: b, km: 98}]\n")
    network = load_network("lab.yaml", tmp_path)
    assert network.name == "lab"
    assert network.links[0].length_km == 98.0


def test_parallel_links_are_numbered_whatever_their_direction() -> None:
    links = [{"a": "a", "b": "b", "km": 1}, {"a": "b", "b": "a", "km": 2}]
    network = parse_network(json.dumps({"nodes": PAIR, "links": links}), "f", "n", ".json")
    assert [link.id for link in network.links] == ["a-b", "a-b#2"]
    assert network.graph.number_of_edges() == 2


@pytest.mark.parametrize(
    ("link", "says"),
    [
        ({"a": "a", "b": "b"}, "has no length"),
        ({"a": "a", "b": "b", "km": 0}, "above 0 km"),
        ({"a": "a", "b": "b", "km": -3}, "above 0 km"),
        ({"a": "a", "b": "b", "km": 1e9}, "at most 40075 km"),
        ({"a": "a", "b": "b", "km": 10**400}, "not a number"),
        ({"a": "a", "b": "b", "km": None}, "not a number"),
        ({"a": "a", "b": "b", "km": "98 km"}, "not a number"),
        ({"a": "a", "b": "c", "km": 1}, "no node 'c'"),
        ({"a": "a", "b": "a", "km": 1}, "to itself"),
        ({"a": "a", "b": "b", "km": 1, "lenght": 2}, "unknown key"),
        ({"b": "b", "km": 1}, "'a' is missing"),
    ],
)
def test_wrong_link_is_named_with_its_line(link: dict[str, object], says: str) -> None:
    problems = parse({"nodes": PAIR, "links": [link]})
    assert any(says in problem and "links[0]" in problem for problem in problems)
    assert all(problem.startswith("net.json:") for problem in problems)


def test_all_problems_are_reported_at_once() -> None:
    nodes = [{"id": "a", "lat": 99}, {"id": "a"}, {"id": "b"}]
    problems = parse({"nodes": nodes, "links": [{"a": "a", "b": "x", "km": 0}]})
    assert len(problems) == 4


def test_network_in_two_parts_is_refused() -> None:
    nodes = [*PAIR, {"id": "alone"}]
    problems = parse({"nodes": nodes, "links": [{"a": "a", "b": "b", "km": 1}]})
    assert problems == [
        "net.json:13: links: the network falls into 2 parts; apart from the rest: alone;"
        " add the links that join them"
    ]


@pytest.mark.parametrize(
    ("text", "suffix", "says"),
    [
        ("{", ".json", "f:1: not JSON"),
        ("a: [", ".yaml", "not YAML"),
        ("nodes: []\nnodes: []\n", ".yaml", "there twice"),
        ('{"a": 1, "a": 2}', ".json", "there twice"),
        ("[]", ".json", "not a network"),
        ("", ".txt", "unknown network format"),
        ("[" * 3000, ".yaml", "too deep"),
        ("[" * 100_000, ".json", "too deep"),
    ],
)
def test_broken_text(text: str, suffix: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        parse_network(text, "f", "n", suffix)


NORWEGIAN = """
nodes: [{id: no}, {id: on}, {id: 1}]
links: [{a: no, b: on, km: 98}, {a: on, b: 1, km: 9}]
"""


@pytest.mark.parametrize("head", ["", "\ufeff"])
def test_a_file_is_read_as_a_scenario_is(tmp_path: Path, head: str) -> None:
    (tmp_path / "lab.yaml").write_text(head + NORWEGIAN, "utf-8")
    assert [node.id for node in load_network("lab.yaml", tmp_path).nodes] == ["no", "on", "1"]


def test_aliases_of_aliases_end() -> None:
    levels = [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 9)]
    text = "\n".join(["l0: &l0 [x]", *levels, "nodes: *l8", "links: []"])
    with pytest.raises(InputError, match=r"net\.yaml:\d+: .*too many values"):
        parse_network(text, "net.yaml", "net", ".yaml")


def test_a_file_without_end_is_refused() -> None:
    with pytest.raises(InputError, match="more than 100 MB are no network file"):
        load_network("/dev/zero")
