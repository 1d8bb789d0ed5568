"""Delay variation, beside numbers worked out by hand and RFC 5481's properties."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.results.delay import ipdv_s, pdv_s

delays = st.lists(st.integers(0, 10**9), min_size=1, max_size=50)


def test_a_step_in_the_path_is_one_change_but_stays_in_pdv():
    # RFC 5481 clause 5.2: IPDV shows a route change once, PDV as long as it lasts.
    stream = [1e-3] * 5 + [2e-3] * 5
    assert ipdv_s(stream) == pytest.approx(1e-3 / 9)
    assert pdv_s(stream) == pytest.approx(1e-3)


def test_one_packet_does_not_vary():
    assert pdv_s([3e-3]) == ipdv_s([3e-3]) == 0


@settings(deadline=None, derandomize=True)
@given(delays, st.integers(0, 10**9))
def test_variation_does_not_depend_on_the_delay_itself(stream, more):
    # ... nor, hence, on an offset between two clocks.
    later = [delay + more for delay in stream]
    assert pdv_s(later) == pytest.approx(pdv_s(stream), abs=1e-3)
    assert ipdv_s(later) == pytest.approx(ipdv_s(stream))
    assert 0 <= pdv_s(stream) <= max(stream) - min(stream)
