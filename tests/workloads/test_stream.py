"""What is read from a throughput over time."""

from apn_emu.workloads.stream import rates, read

MS = 1e-3


def test_rates_are_what_came_in_each_interval():
    assert rates([100, 300, 300], 5, MS) == [800_000, 1_600_000, 0, 0, 0]
    assert rates([], 2, MS) == [0, 0]


def test_no_stall_no_recovery():
    measured = {name: value for name, value, _ in read([10, 9, 10, 11], MS)}
    assert measured == {"throughput": 10, "stall": 0}


def test_the_longest_stall_counts_and_recovery_is_from_its_beginning():
    values = [10, 0, 10, 10, *[0] * 20, 1, 5, 9, 10, 10]
    measured = {name: value for name, value, _ in read(values, MS)}
    assert measured["stall"] == 0.02
    assert measured["recovery"] == 0.022


def test_a_connection_that_never_recovers_says_so():
    measured = {name: value for name, value, _ in read([10] * 5 + [0] * 5 + [2] * 5, MS)}
    assert measured["stall"] == 0.005
    assert "recovery" not in measured
