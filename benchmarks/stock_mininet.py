"""Build and start a plan's network with nothing but Mininet's own classes (see startup.py).

Runs as the first program of the embedded machine. Every bridge, server and link of the plan is
made; patch ports become veth pairs, for Mininet knows no other link.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from mininet.link import TCLink
from mininet.net import Mininet
from mininet.node import Host, OVSSwitch

from apn_emu.emulation.openvswitch import OpenVSwitch
from apn_emu.engine.inside import OUT, progress
from apn_emu.planning.plan import Plan


def start_openvswitch() -> None:
    """Start both daemons, where a plain `ovs-vsctl` finds them."""
    openvswitch = OpenVSwitch(Path("/run/openvswitch"))
    os.environ.update(openvswitch.environment)
    openvswitch.start_database()
    openvswitch.configure([])
    openvswitch.start_switch()


def network(plan: Plan) -> Mininet:
    """Return the plan's nodes and links in Mininet."""
    net = Mininet(topo=None, controller=None, build=False, host=Host, switch=OVSSwitch)

    def switch(name: str, dpid: int) -> None:
        net.addSwitch(name, dpid=f"{dpid:016x}", failMode="secure", protocols="OpenFlow13")

    def join(a: str, b: str, delay_ns: int) -> None:
        if delay_ns:
            net.addLink(a, b, cls=TCLink, delay=f"{delay_ns / 1e3}us")
        else:
            net.addLink(a, b)

    roadm = {each.id: f"r{each.index}" for each in plan.roadms}
    number = {site.id: site.index for site in plan.sites}
    for each in plan.roadms:
        switch(roadm[each.id], each.dpid)
    for site in plan.sites:
        switch(f"t{site.index}", site.shelf_dpid)
        switch(f"s{site.index}", site.switch_dpid)
        for server in site.servers:
            host = f"h{site.index}x{server.port}"  # Mininet makes interface names of it
            net.addHost(host, mac=server.mac, ip=f"{server.ipv4}/8")
            join(host, f"s{site.index}", 0)
    for fibre in plan.fibres:
        join(roadm[fibre.a], roadm[fibre.b], fibre.delay_ns)
    for lightpath in plan.lightpaths:
        for end in (lightpath.a, lightpath.b):
            site_index = number[end.site]
            join(f"t{site_index}", roadm[end.site], lightpath.drop_delay_ns)
            join(f"s{site_index}", f"t{site_index}", 0)
    return net


def main() -> None:
    """Say when building begins and when the network has started."""
    progress("stock", "building")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    start_openvswitch()
    net = network(Plan.from_json((OUT / "plan.json").read_text()))
    net.start()
    nodes, links = len(net.switches) + len(net.hosts), len(net.links)
    progress("stock", f"started {nodes} nodes and {links} links")
    (OUT / "measured.json").write_text(json.dumps({"rows": [], "failures": [], "lit_s": 0}))


if __name__ == "__main__":
    main()
