"""What tc is told about a port."""

from apn_emu.emulation.netem import Netem
from apn_emu.emulation.ports import Port, Queue


def test_a_port_is_a_chain_of_delay_queue_and_marking() -> None:
    port = Port(Netem(5000), Queue(10**9, 250_000, 1500, ecn_bytes=30_000))
    shaping, marking = port.qdiscs()
    assert shaping.startswith("parent 1:1 handle 2: tbf rate 1000000000bit burst 1518b")
    assert "parent 2:1 handle 3: red limit 250000b min 30000b max 30001b" in marking
    assert marking.endswith("ecn nodrop")


def test_without_delay_the_queue_is_the_root() -> None:
    (shaping,) = Port(queue=Queue(10**9, 1, 1500)).qdiscs()
    assert shaping.startswith("root handle 2: tbf")
    assert "limit 3036b" in shaping  # two frames at least


def test_a_delay_alone_is_set_over_netlink() -> None:
    assert list(Port(Netem(5000)).qdiscs()) == []
