import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.results.fairness import jain


def test_jain_of_known_shares():
    assert jain([5, 5, 5]) == 1
    assert jain([1, 0, 0, 0]) == 0.25
    assert jain([0, 0]) == 1
    # Jain, Chiu, Hawe 1984: fair to k of n users gives k/n.
    assert jain([2, 2, 2, 0, 0]) == pytest.approx(0.6)
    with pytest.raises(ValueError, match="nobody"):
        jain([])


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(1e-3, 1e12), min_size=1, max_size=30), st.floats(1e-3, 1e3))
def test_jain_is_bounded_and_has_no_scale(shares, factor):
    index = jain(shares)
    assert 1 / len(shares) <= index * (1 + 1e-9)
    assert index <= 1 + 1e-9
    assert jain([share * factor for share in shares]) == pytest.approx(index)
