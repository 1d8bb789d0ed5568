"""`mn --custom topologies/mininet_topos.py`: read as Mininet reads it, without `__file__`."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import pytest

from apn_emu.network.loading import load_network, shipped_networks
from apn_emu.optics.latency import fibre_delay_ns

pytest.importorskip("mininet.topo")


def topologies() -> dict[str, Any]:
    file = files("apn_emu.topologies") / "mininet_topos.py"
    namespace: dict[str, Any] = {}
    exec(compile(file.read_text(), str(file), "exec"), namespace, namespace)
    topos: dict[str, Any] = namespace["topos"]
    return topos


def test_every_shipped_network_is_a_topology() -> None:
    assert set(topologies()) == set(shipped_networks())


@pytest.mark.parametrize("name", shipped_networks())
def test_topology_has_the_networks_switches_and_delays(name: str) -> None:
    network, topology = load_network(name), topologies()[name]()
    assert len(topology.switches()) == len(topology.hosts()) == len(network.nodes)
    between = [
        info
        for a, b, info in topology.links(withInfo=True)
        if topology.isSwitch(a) and topology.isSwitch(b)
    ]
    assert len(between) == len(network.links)
    delays_ns = sorted(float(info["delay"].removesuffix("us")) * 1e3 for info in between)
    expected_ns = sorted(fibre_delay_ns(link.length_km) for link in network.links)
    assert delays_ns == pytest.approx(expected_ns, abs=51)


def test_hosts_per_switch() -> None:
    topology = topologies()["kanto11"](hosts=3)
    assert len(topology.hosts()) == 33
    longest = max(f"{end}-eth99" for link in topology.links() for end in link)
    assert len(longest) <= 15
