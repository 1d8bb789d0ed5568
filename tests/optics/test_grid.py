import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.optics.grid import C_BAND, L_BAND, Channel, Grid, width_units


@pytest.mark.parametrize(
    ("spacing_ghz", "count", "first_thz", "last_thz"),
    [
        (50, 96, 191.35, 196.1),
        (75, 64, 191.3625, 196.0875),
        (100, 48, 191.375, 196.075),
        (150, 32, 191.4, 196.05),
    ],
)
def test_fixed_grids_fill_the_c_band(spacing_ghz, count, first_thz, last_thz):
    channels = Grid(spacing_ghz).channels()
    assert len(channels) == count
    assert channels[0].centre_thz == pytest.approx(first_thz)
    assert channels[-1].centre_thz == pytest.approx(last_thz)
    assert channels[0].m == spacing_ghz / 12.5


def test_anchor_is_n_0():
    assert Channel(280, 8).centre_thz == 193.1
    assert Channel(280, 8).n == 0


def test_a_signal_takes_a_whole_slot_of_a_fixed_grid():
    assert Grid(100).slot_units(87.5) == 16
    assert Grid().slot_units(87.5) == 14
    with pytest.raises(ValueError, match="does not fit"):
        Grid(75).slot_units(87.5)
    with pytest.raises(ValueError, match="without a width"):
        Grid().channels()
    for wrong in (0, 60, -50):
        with pytest.raises(ValueError, match=r"12\.5 GHz"):
            width_units(wrong)


@settings(deadline=None, derandomize=True)
@given(st.sampled_from([None, 50, 75, 100, 150]), st.integers(1, 12), st.booleans())
def test_channels_stay_inside_their_band_and_on_the_grid(spacing_ghz, m, with_l_band):
    width_ghz = 12.5 * m
    if spacing_ghz is not None and width_ghz > spacing_ghz:
        return
    bands = (C_BAND, L_BAND) if with_l_band else (C_BAND,)
    channels = Grid(spacing_ghz, bands).channels(width_ghz)
    assert len({channel.vid for channel in channels}) == len(channels)
    for channel in channels:
        assert any(band.first <= channel.lower < channel.upper <= band.end for band in bands)
        assert 1 <= channel.vid <= 4094
        # G.694.1 clause 7: n and m are whole
        assert channel.n == int(channel.n)
        assert channel.m == int(channel.m)
        low_thz, high_thz = (191.325, 196.125) if channel.lower < 1024 else (186.1, 190.9)
        assert low_thz - 1e-9 <= channel.centre_thz - channel.width_ghz / 2e3
        assert channel.centre_thz + channel.width_ghz / 2e3 <= high_thz + 1e-9
    if spacing_ghz is not None:
        assert not any(a.overlaps(b) for a, b in itertools.pairwise(channels))
