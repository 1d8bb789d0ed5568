import pytest

from apn_emu.workloads.flows import alone_s
from apn_emu.workloads.rpc import Rpc, draw, read


def test_alone_a_flow_takes_its_handshake_and_its_frames():
    # One byte: 1 + 66 of headers + 24 of Ethernet's on the wire, at 1 bit/ns.
    assert alone_s(1, 1_000_000, 1e9, 9000) == pytest.approx(1.5e-3 + 91 * 8e-9)
    # 8948 bytes fit into a frame of 9000 with timestamps; one more needs a second one.
    assert alone_s(8948, 0, 1e9, 9000) == pytest.approx((8948 + 90) * 8e-9)
    assert alone_s(8949, 0, 1e9, 9000) == pytest.approx((8949 + 2 * 90) * 8e-9)


RPC = Rpc(
    on=["a/1"],
    count=2000,
    response_byte=10_000,
    response_distribution="exponential",
    service_time_s=1e-4,
    service_distribution="fixed",
)


def test_what_servers_are_asked_has_the_means_and_follows_the_seed():
    requests = draw(RPC, "seed", 3)
    assert (len(requests), len(requests[0])) == (2000, 3)
    sizes = [size for request in requests for size, _ in request]
    assert sum(sizes) / len(sizes) == pytest.approx(10_000, rel=0.03)
    assert max(sizes) > 50_000
    assert {service_ns for request in requests for _, service_ns in request} == {100_000}
    assert draw(RPC, "seed", 3) == requests
    assert draw(RPC, "other", 3) != requests


def test_a_response_is_as_slow_as_its_slowest_call():
    rows = read("rpc", "a/1", ["b/1", "b/2"], [[1000, 3000], [5000, 2000]])
    values = {}
    for row in rows:
        values.setdefault((row.destination, row.metric), []).append(row.value)
    assert values == {
        ("*", "response_time"): [3e-6, 5e-6],
        ("b", "call_time"): [1e-6, 5e-6],
        ("b/2", "call_time"): [3e-6, 2e-6],
    }
