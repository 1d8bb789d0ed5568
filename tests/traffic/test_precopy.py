import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.traffic.precopy import Machine, Round, is_last

exhaustive = settings(deadline=None, derandomize=True)
MACHINE = Machine(4 * 2**30, 4096, 200e6, 512 * 2**20)


def test_few_writes_hit_a_page_each_and_many_hit_the_working_set():
    assert MACHINE.dirtied(0) == 0
    assert MACHINE.dirtied(0.01) == pytest.approx(2e6, rel=0.01)
    assert MACHINE.dirtied(3600) == 512 * 2**20
    # As many writes as pages leave 1/e of the pages clean.
    assert MACHINE.dirtied(512 * 2**20 / 200e6) == pytest.approx(0.632 * 512 * 2**20, rel=0.001)


@exhaustive
@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_more_time_dirties_more_whole_pages_up_to_the_working_set(one, other):
    less, more = sorted([one, other])
    assert 0 <= MACHINE.dirtied(less) <= MACHINE.dirtied(more) <= MACHINE.working_set_byte
    assert MACHINE.dirtied(more) % MACHINE.page_byte == 0


def test_it_stops_when_the_rest_fits_into_the_downtime_or_after_the_most_rounds():
    at_1_gb_s = [Round(4_000_000_000, 4.0)]
    assert not is_last(at_1_gb_s, 400_000_000, downtime_limit_s=0.3, most_rounds=30)
    assert is_last(at_1_gb_s, 300_000_000, downtime_limit_s=0.3, most_rounds=30)
    assert is_last(at_1_gb_s * 29, 400_000_000, downtime_limit_s=0.3, most_rounds=30)
    assert not is_last([], 4_000_000_000, downtime_limit_s=0.3, most_rounds=30)
    assert is_last([], 4_000_000_000, downtime_limit_s=0.3, most_rounds=1), "stop and copy"
