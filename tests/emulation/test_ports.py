"""What the kernel does at a port, as `tc` shows it, is what was asked for."""

from collections.abc import Callable

import pytest

from apn_emu.emulation.netem import Netem
from apn_emu.emulation.ports import Port, Queue
from apn_emu.engine.running import Run

PORTS = """
name: ports
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 98}]}
sites:
  a: {server_rate: 400G, queue: 2 MB, mtu: 1500}
  b: {server_rate: 1G, queue: 1 kB, mtu: 9000}
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - command: [sh, -c, "tc qdisc show dev eth0; ip neigh; ip address show dev eth0"]
    on: [a, b]
    name: show
"""


@pytest.mark.kernel
def test_servers_have_the_rate_queue_addresses_and_neighbours_of_the_plan(
    run: Callable[..., Run],
) -> None:
    done = run(PORTS)
    a, b = (done.records[f"show-{site}.1.out"] for site in "ab")
    assert "tbf 2: root refcnt 2 rate 400Gbit burst 450000b lat 31us overhead 24" in a
    assert "tbf 2: root refcnt 2 rate 1Gbit burst 9000b lat 72us overhead 24" in b
    servers = done.plan.servers
    for text, own, other in ((a, "a1", "b1"), (b, "b1", "a1")):
        assert f"inet {servers[own].ipv4}/8 scope" in text
        assert f"inet6 {servers[own].ipv6}/64" in text
        assert text.count("PERMANENT") >= 2
        for address in (servers[other].ipv4, servers[other].ipv6):
            assert f"{address} dev eth0 lladdr {servers[other].mac} PERMANENT" in text
        assert "fe80" not in text


def test_marking_stands_below_the_queue_and_only_where_it_is_asked_for() -> None:
    port = Port(Netem(5000), Queue(10**9, 250_000, 1500, ecn_bytes=30_000))
    (marking,) = port.markings("x")
    assert "dev x parent 2:1 handle 3: red limit 250000b min 30000b max 30001b" in marking
    assert marking.endswith("ecn nodrop")
    assert list(Port(queue=Queue(10**9, 1, 1500)).markings("x")) == []
    assert list(Port(Netem(5000)).shapers("x")) == []


def test_a_queue_holds_two_frames_at_least() -> None:
    assert Queue(10**9, 1, 1500).limit_bytes == 3036
