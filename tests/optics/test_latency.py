from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.optics.latency import (
    AMPLIFIER_DELAY_NS,
    ROADM_DELAY_NS,
    fibre_delay_ns,
    lightpath_latency,
)


@dataclass(frozen=True)
class Transceiver:
    latency_us: float


def test_fibre_delay_is_4_8967_us_per_km():
    assert fibre_delay_ns(1000.0) == 4_896_721
    assert fibre_delay_ns(80.0) == 391_738  # latency_ms of the reference's first case
    assert fibre_delay_ns(0.0) == 0


def test_budget_counts_every_amplifier_and_roadm():
    budget = lightpath_latency([80.0, 40.0], [2, 3], Transceiver(4.0))
    assert budget.fibre_ns == fibre_delay_ns(80.0) + fibre_delay_ns(40.0)
    assert budget.amplifiers_ns == 5 * AMPLIFIER_DELAY_NS
    assert budget.roadms_ns == 3 * ROADM_DELAY_NS
    assert budget.transceivers_ns == 4000
    assert budget.total_ns == sum(vars(budget).values())


def test_each_link_needs_its_amplifier_count():
    with pytest.raises(ValueError, match="zip"):
        lightpath_latency([80.0, 40.0], [2], Transceiver(0.0))


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.tuples(st.floats(0, 2000), st.integers(0, 30)), min_size=1, max_size=8),
    st.floats(0, 100),
)
def test_a_longer_route_is_never_faster(links, latency_us):
    lengths = [length for length, _ in links]
    amplifiers = [count for _, count in links]
    whole = lightpath_latency(lengths, amplifiers, Transceiver(latency_us))
    shorter = lightpath_latency(lengths[:-1], amplifiers[:-1], Transceiver(latency_us))
    assert whole.total_ns >= shorter.total_ns + ROADM_DELAY_NS
