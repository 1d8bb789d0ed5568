"""What is concluded from the arrivals of probe packets."""

import random

from apn_emu.traffic.probing import Flow

INTERVAL_NS = 100_000
DELAY_NS = 500_000


def flow(count, numbers, delay_ns=lambda number: DELAY_NS):
    """Return the result of a flow of which only these packets arrive."""
    found = Flow(INTERVAL_NS, count)
    for number in numbers:
        sent_ns = number * INTERVAL_NS
        found.arrived(number, sent_ns, sent_ns + delay_ns(number))
    found.ended(0)
    return found.result()


def test_nothing_lost_means_no_outage():
    found = flow(100, range(100))
    assert (found["lost"], found["duplicates"], found["gaps"]) == (0, 0, [])
    assert found["longest_ns"] == INTERVAL_NS
    assert found["delays_ns"] == (DELAY_NS, DELAY_NS)


def test_an_outage_is_the_time_between_arrivals():
    found = flow(1000, [*range(300), *range(800, 1000)])
    assert found["lost"] == 500
    assert found["gaps"] == [(299 * INTERVAL_NS + DELAY_NS, 800 * INTERVAL_NS + DELAY_NS, 500)]
    assert found["longest_ns"] == 501 * INTERVAL_NS


def test_dark_at_the_beginning_and_at_the_end():
    found = flow(100, range(20, 90))
    assert [(end_ns is None, missing) for _, end_ns, missing in found["gaps"]] == [
        (False, 20),
        (True, 10),
    ]
    assert found["longest_ns"] == 21 * INTERVAL_NS


def test_nothing_ever_arrives():
    found = flow(100, [])
    assert (found["lost"], found["delays_ns"]) == (100, None)
    assert found["longest_ns"] == 101 * INTERVAL_NS
    assert [gap[1:] for gap in found["gaps"]] == [(None, 100)]


def test_scattered_losses_are_no_outages():
    lost = set(range(0, 1000, 7))
    found = flow(1000, [number for number in range(1000) if number not in lost])
    assert found["lost"] == len(lost)
    assert found["gaps"] == []
    assert found["longest_ns"] == 2 * INTERVAL_NS


def test_duplicates_and_reordering_are_counted_once():
    numbers = [*range(50), 48, 49, 48, *range(51, 100), 50]
    found = flow(100, numbers)
    assert (found["lost"], found["duplicates"]) == (0, 3)


def test_packets_that_wait_and_come_at_once_are_a_gap_without_loss():
    def late(number):
        return DELAY_NS + max(0, 20_000_000 - number * INTERVAL_NS) * (100 <= number < 200)

    found = flow(1000, range(1000), late)
    assert found["lost"] == 0
    assert found["longest_ns"] == 20_000_000 - 99 * INTERVAL_NS
    ((_, _, missing),) = found["gaps"]
    assert missing == 0


def test_any_loss_adds_up():
    rng = random.Random(1)
    arrived = sorted(rng.sample(range(5000), 3000))
    found = flow(5000, arrived)
    assert found["lost"] == 2000
    assert sum(missing for _, _, missing in found["gaps"]) <= 2000
