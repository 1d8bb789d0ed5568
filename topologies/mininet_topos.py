"""All networks of this folder as stock Mininet topologies.

    sudo mn --custom topologies/mininet_topos.py --topo kanto11 --switch ovsbr,stp=1

Each node is a switch with `hosts` hosts (`--topo kanto11,hosts=2`); each link has the delay of its
fibre, 4.8967 us/km one way (group index 1.468, ITU-T G.652 fibre), and no rate limit. Most networks
have loops, so the switches need a spanning tree or a controller that knows paths. This module needs
Mininet and nothing else.
"""

import json
import sys
from pathlib import Path

from mininet.link import TCLink
from mininet.topo import Topo

DELAY_US_PER_KM = 1.468 / 299_792.458 * 1e6


# `mn --custom` executes this file without setting `__file__`
FOLDER = Path(sys._getframe().f_code.co_filename).resolve().parent


class FibreTopo(Topo):
    """A network of this folder; switch `s3` and host `h3` stand at the third node of its file."""

    def build(self, name, hosts=1):
        """Add a switch and hosts for each node, and a delayed link for each fibre pair."""
        network = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        switches = {}
        for number, node in enumerate(network["nodes"], start=1):
            switch = self.addSwitch(f"s{number}", dpid=f"{number:016x}", site=node["id"])
            switches[node["id"]] = switch
            for count in range(int(hosts)):
                host = f"h{number}" if count == 0 else f"h{number}x{count + 1}"
                self.addLink(self.addHost(host, site=node["id"]), switch)
        for link in network["links"]:
            delay = f"{link['km'] * DELAY_US_PER_KM:.1f}us"
            self.addLink(switches[link["a"]], switches[link["b"]], cls=TCLink, delay=delay)


def _topology(name):
    return lambda *args, **params: FibreTopo(name, *args, **params)


topos = {file.stem: _topology(file.stem) for file in sorted(FOLDER.glob("*.json"))}
