"""The same small network in every format; what a format lacks is an error that says what to add."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from apn_emu.errors import InputError
from apn_emu.network.loading import parse_network
from apn_emu.network.model import Network

YAML = """
nodes:
- {id: tokyo, name: Tokyo, lat: 35.7, lon: 139.8}
- {id: chiba, name: Chiba, lat: 35.6, lon: 140.1}
links: [{a: tokyo, b: chiba, km: 98}]
"""

GRAPHML = """<?xml version="1.0"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
 <key id="n" for="node" attr.name="label" attr.type="string"/>
 <key id="y" for="node" attr.name="lat" attr.type="double"/>
 <key id="x" for="node" attr.name="lon" attr.type="double"/>
 <key id="k" for="edge" attr.name="km" attr.type="double"/>
 <graph edgedefault="undirected">
  <node id="0"><data key="n">Tokyo</data><data key="y">35.7</data><data key="x">139.8</data></node>
  <node id="1"><data key="n">Chiba</data><data key="y">35.6</data><data key="x">140.1</data></node>
  <edge source="0" target="1"><data key="k">98</data></edge>
 </graph>
</graphml>
"""

GML = """
graph [
 node [ id 0 label "Tokyo" Latitude 35.7 Longitude 139.8 ]
 node [ id 1 label "Chiba" Latitude 35.6 Longitude 140.1 ]
 edge [ source 0 target 1 length_km 98 ]
]
"""

SNDLIB = """<?xml version="1.0"?>
<network xmlns="http://sndlib.zib.de/network" version="1.0"><networkStructure>
 <nodes coordinatesType="geographical">
  <node id="Tokyo"><coordinates><x>139.8</x><y>35.7</y></coordinates></node>
  <node id="Chiba"><coordinates><x>140.1</x><y>35.6</y></coordinates></node>
 </nodes>
 <links><link id="L1">
  <source>Tokyo</source><target>Chiba</target><length unit="km">98</length>
 </link></links>
</networkStructure></network>
"""


def gnpy() -> dict[str, Any]:
    """A GNPy topology: 50 km and 48 km of fibre each way, an amplifier between, transceivers."""
    elements: list[dict[str, Any]] = []
    connections = []
    for city, lat, lon in (("Tokyo", 35.7, 139.8), ("Chiba", 35.6, 140.1)):
        place = {"location": {"city": city, "latitude": lat, "longitude": lon}}
        elements.append({"uid": f"roadm {city}", "type": "Roadm", "metadata": place})
        elements.append({"uid": f"trx {city}", "type": "Transceiver", "metadata": place})
        pair = [f"roadm {city}", f"trx {city}"]
        connections += [pair, pair[::-1]]
    for one, other in (("Tokyo", "Chiba"), ("Chiba", "Tokyo")):
        chain = [f"roadm {one}", f"{one} 1", f"{one} amp", f"{one} 2", f"roadm {other}"]
        elements += [
            {"uid": chain[1], "type": "Fiber", "params": {"length": 50, "length_units": "km"}},
            {"uid": chain[2], "type": "Edfa"},
            {"uid": chain[3], "type": "Fiber", "params": {"length": 48000, "length_units": "m"}},
        ]
        connections += [list(pair) for pair in itertools.pairwise(chain)]
    ends = [{"from_node": a, "to_node": b} for a, b in connections]
    return {"elements": elements, "connections": ends}


def parse(text: str, suffix: str) -> Network:
    return parse_network(text, f"net{suffix}", "net", suffix)


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        (GRAPHML, ".graphml"),
        (GML, ".gml"),
        (SNDLIB, ".xml"),
        (json.dumps(gnpy()), ".json"),
    ],
)
def test_every_format_gives_the_same_network(text: str, suffix: str) -> None:
    network = parse(text, suffix)
    assert network.nodes == parse(YAML, ".yaml").nodes
    assert network.links == parse(YAML, ".yaml").links


@pytest.mark.parametrize(
    ("text", "suffix", "says"),
    [
        (GRAPHML.replace('<data key="k">98</data>', ""), ".graphml", "has no length"),
        (GRAPHML.replace('attr.name="km"', 'attr.name="distance"'), ".graphml", "its unit"),
        (GML.replace("length_km 98", ""), ".gml", "has no length"),
        (GML.replace("length_km 98", "length_km -1"), ".gml", "above 0 km"),
        (SNDLIB.replace('<length unit="km">98</length>', ""), ".xml", "SNDlib has no lengths"),
        (SNDLIB.replace(">98<", ">far<"), ".xml", "not a number"),
        (SNDLIB.replace("<target>Chiba", "<target>Chibo"), ".xml", "no node 'chibo'"),
        ("<graphml", ".graphml", "net.graphml:1: not GraphML"),
        ("graph [", ".gml", "not GML"),
        ("<a/>", ".xml", "not an SNDlib network"),
        ("<a", ".xml", "net.xml:1: not XML"),
    ],
)
def test_what_is_missing_is_an_error(text: str, suffix: str, says: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, suffix)
    assert says in str(caught.value)


def test_directed_graph_needs_both_directions() -> None:
    one_way = GML.replace("graph [", "graph [ directed 1")
    with pytest.raises(InputError, match="leads back"):
        parse(one_way, ".gml")
    back = one_way.rstrip().removesuffix("]") + " edge [ source 1 target 0 length_km 98 ]\n]"
    assert parse(back, ".gml").links == parse(YAML, ".yaml").links


def test_gnpy_faults_are_named() -> None:
    def broken(change: Any) -> str:
        document = gnpy()
        change(document)
        with pytest.raises(InputError) as caught:
            parse(json.dumps(document), ".json")
        return str(caught.value)

    assert "has no length" in broken(lambda d: d["elements"][4]["params"].pop("length"))
    unit = {"length": 50, "length_units": "miles"}
    assert "unit 'miles'" in broken(lambda d: d["elements"][4].update(params=unit))
    assert "leads back" in broken(lambda d: d["elements"][4]["params"].update(length=51))
    assert "no element" in broken(lambda d: d["connections"][0].update(to_node="nowhere"))
    assert "connections leave it" in broken(lambda d: d["connections"].pop())
