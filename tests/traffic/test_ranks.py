"""Programs of collective operations run by real processes over real TCP, on this machine."""

import socket

import pytest

from apn_emu.emulation.children import Child
from apn_emu.traffic.programs import Program, programs, sent_bytes
from apn_emu.traffic.ranks import Barrier, be_rank
from apn_emu.traffic.schedules import (
    Schedule,
    direct_all_to_all,
    hierarchical_all_reduce,
    ring_all_reduce,
)
from apn_emu.traffic.streams import Stream
from apn_emu.traffic.trees import double_tree_all_reduce

SCHEDULES = {
    "ring": ring_all_reduce(5),
    "tree": double_tree_all_reduce(6, 4),
    "hierarchical": hierarchical_all_reduce([[0, 1], [2, 3, 4], [5]]),
    "all-to-all": direct_all_to_all(4),
}


def run(schedule: Schedule, steps: list[list[Program]]) -> list[list[tuple[int, int]]]:
    """Run steps one after the other; return the times of every rank."""
    ranks = schedule.ranks
    addresses = [f"127.0.0.{rank + 2}" for rank in range(ranks)]
    listeners = [
        [socket.create_server((address, 0), backlog=99) for _ in range(2)] for address in addresses
    ]
    barrier = Barrier(ranks)
    children = []
    for rank in range(ranks):
        lines = sorted({line for parts in steps for line in parts[rank].lines})
        calls = [
            (line, listeners[line[0]][line[1]].getsockname(), (addresses[rank], 0))
            for line in lines
            if line[0] > rank
        ]
        answers = [line for line in lines if line[0] < rank]
        mine = [(parts[rank], 0, True) for parts in steps]
        arguments = (rank, calls, answers, listeners[rank], addresses, None, barrier, mine)
        children.append(Child(f"rank {rank}", lambda: None, be_rank, arguments))
    barrier.close()
    for of_rank in listeners:
        for listener in of_rank:
            listener.close()
    return [child.result() for child in children]


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_operation_ends_and_leaves_nothing_for_the_next(name):
    schedule = SCHEDULES[name]
    steps = [programs(schedule, size) for size in (1, 1000, 3_000_001, 0, 1000)]
    times = run(schedule, steps)
    assert [len(of_rank) for of_rank in times] == [5] * schedule.ranks
    for step in range(1, 5):
        last_end = max(of_rank[step - 1][1] for of_rank in times)
        assert min(of_rank[step][0] for of_rank in times) >= last_end, "the barrier holds"


@pytest.mark.parametrize("name", SCHEDULES)
def test_what_programs_send_is_what_they_receive(name):
    schedule = SCHEDULES[name]
    parts = programs(schedule, 1_000_003)
    for rank, part in enumerate(parts):
        for (peer, lane), sends in part.sends.items():
            sizes = [send.size_byte for send in sends]
            assert parts[peer].receives[rank, lane] == sizes
    sent = sum(send.size_byte for p in parts for sends in p.sends.values() for send in sends)
    assert sent == sent_bytes(schedule, 1_000_003)


def test_a_ring_sends_the_least_that_an_all_reduce_can():
    assert sent_bytes(ring_all_reduce(4), 4000) == 2 * (4 - 1) * 4000


@pytest.fixture
def pair() -> tuple[Stream, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        caller = socket.create_connection(listener.getsockname())
        return Stream(caller), listener.accept()[0]


def test_streams_count_bytes_and_tell_numbers(pair):
    size = 20_000_003

    def there():
        stream = Stream(pair[1])
        stream.receive_all(stream.hear())
        stream.tell(7)
        return stream.received

    child = Child("there", lambda: None, there, ())
    pair[0].tell(size)
    pair[0].send_all(size)
    assert pair[0].hear() == 7
    assert child.result() == size


def test_an_end_that_leaves_is_an_error_that_says_so(pair):
    pair[1].close()
    with pytest.raises(ConnectionResetError, match="the other end closed the connection"):
        pair[0].receive_all(1)
    with pytest.raises(ConnectionResetError, match="the other end closed the connection"):
        pair[0].hear()
