"""Captured packets: the tag of a channel on the line side, and the plan's delays in their times."""

import warnings
from collections.abc import Callable
from io import BytesIO

import pytest
from scapy.layers.inet import ICMP, TCP
from scapy.layers.l2 import Dot1AD, Ether
from scapy.utils import PcapNgReader

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

SCENARIO = """
name: captured
network: {nodes: [{id: a}, {id: b}, {id: c}], links: [{a: a, b: b, km: 40}, {a: b, b: c, km: 20}]}
sites: {a: , c: }
lightpaths: [{from: a, to: c, rate: 100G}]
workloads:
  - {ping: [[a, c]], count: 3}
  - {iperf3: [[a, c]], warm_up: 5 ms, duration: 5 ms}
captures: [a, a-c@a, "roadm-b:a-b", "roadm-c:b-c", a-c@c]
"""
GRAIN_NS = 256


def packets(done: Run, name: str) -> list[tuple[int, Ether]]:
    """Return the captured packets with their times in ns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        read = list(PcapNgReader(BytesIO(done.captures[name])))
    return [(round(packet.time * 10**9), packet) for packet in read]


def test_captures_show_the_tag_and_the_delays_of_the_plan(run: Callable[..., Run]) -> None:
    done = run(SCENARIO)
    files = ["a-c.a", "a-c.c", "a.1", "roadm-b.a-b", "roadm-c.b-c"]
    assert list(done.captures) == [f"{name}.pcapng" for name in files]
    (path,) = done.plan.lightpaths
    requests: dict[str, list[int]] = {}
    for name in files:
        seen = packets(done, f"{name}.pcapng")
        echoes = [(at, p) for at, p in seen if ICMP in p and p[ICMP].type == 8]
        requests[name] = [at for at, _ in echoes]
        assert len(echoes) == 3, name
        assert len([p for _, p in seen if TCP in p]) > 1000
        tags = {p[Dot1AD].vlan if Dot1AD in p else None for _, p in seen}
        assert tags == ({None} if name == "a.1" else {path.vid})
        lengths = {p.wirelen for _, p in seen if TCP in p}
        assert max(lengths) > 8000
    (first, second) = (done.plan.fibre_by_id[fibre].delay_ns for fibre in path.fibres)
    way = [("a-c.a", "roadm-b.a-b", first), ("roadm-b.a-b", "roadm-c.b-c", second)]
    way.append(("roadm-c.b-c", "a-c.c", path.drop_delay_ns))
    for before, after, planned_ns in way:
        spent_ns = [b - a for a, b in zip(requests[before], requests[after], strict=True)]
        assert spent_ns == pytest.approx([planned_ns] * 3, abs=3 * GRAIN_NS), after
