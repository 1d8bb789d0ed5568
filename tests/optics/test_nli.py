import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.optics.fibre import FibreType
from apn_emu.optics.line import Amplifier, Comb, Roadm, Span, propagate, to_db
from apn_emu.optics.nli import efficiency_matrix

SSMF = FibreType("SSMF", 0.2, 16.7, 83.0)
GNPY_SNR_NLI_DB = [34.82972954, 34.25356236, 33.74308551, 34.25374769]


def test_unlike_channels_agree_with_gnpy():
    """Four symbol rates side by side over 80 km; figures of GNPy 3.0.1, `gn_model_analytic`."""
    width_hz = np.array([50e9, 75e9, 150e9, 87.5e9])
    baud_hz = np.array([31.57e9, 60.138546798e9, 118.203e9, 63.1e9])
    frequency_hz = 193.1e12 + np.cumsum(width_hz) - width_hz / 2
    comb = Comb(frequency_hz, baud_hz, to_db(width_hz / 50e9), power_dbm=10.0)
    noise = propagate(comb, [Roadm(0.0), Span(SSMF, 80.0, 0.5, 0.5), Amplifier(17.0, -300.0)])
    assert -to_db(noise.nli) == pytest.approx(GNPY_SNR_NLI_DB, abs=1e-6)


def test_an_even_comb_takes_a_short_cut_to_the_same_numbers():
    frequency_hz = 191.35e12 + 50e9 * np.arange(20)
    baud_hz = np.full(20, 32e9)
    short = efficiency_matrix(SSMF, 80.0, frequency_hz, baud_hz)
    baud_hz[0] *= 1 + 1e-12  # no longer even: the general way
    assert short == pytest.approx(efficiency_matrix(SSMF, 80.0, frequency_hz, baud_hz), rel=1e-9)


@settings(deadline=None, derandomize=True)
@given(st.floats(20, 150), st.floats(25e9, 120e9), st.floats(50e9, 3e12))
def test_interference_falls_with_distance_in_frequency_and_rises_with_length(km, baud_hz, far_hz):
    def cross(length_km, offset_hz):
        frequency_hz = np.array([192e12, 192e12 + offset_hz])
        return efficiency_matrix(SSMF, length_km, frequency_hz, np.full(2, baud_hz))[0, 1]

    near_hz = max(far_hz, baud_hz)
    assert 0 < cross(km, near_hz * 1.1) < cross(km, near_hz)
    assert cross(km, near_hz) < cross(km * 1.1, near_hz)
