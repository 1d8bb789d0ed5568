import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.optics.ber import MODULATIONS, frame_loss, ideal_snr_db, post_fec_ber, pre_fec_ber


def test_known_points():
    # Q^2 = 9.8 dB for 1e-3 per bit of QPSK: the textbook value of an AWGN channel
    assert ideal_snr_db("QPSK", 1e-3) == pytest.approx(9.80, abs=0.01)
    assert ideal_snr_db("16QAM", 1e-3) == pytest.approx(16.54, abs=0.01)
    assert ideal_snr_db("64QAM", 1e-3) == pytest.approx(22.55, abs=0.01)
    assert pre_fec_ber("QPSK", 10 * math.log10(2)) == pytest.approx(math.erfc(1) / 2)


@pytest.mark.parametrize(("modulation", "points"), [("QPSK", 4), ("16QAM", 16), ("64QAM", 64)])
def test_formulas_agree_with_a_simulated_receiver(modulation, points):
    """Gray-mapped square QAM over white Gaussian noise, hard decisions, at the oFEC threshold."""
    rng = np.random.default_rng(1)
    symbols, side = 200_000, math.isqrt(points)
    gray = np.arange(side) ^ (np.arange(side) >> 1)
    snr_db = ideal_snr_db(modulation, 2e-2)
    sigma = math.sqrt((points - 1) / 3 / 10 ** (snr_db / 10))  # of one quadrature, levels 2 apart
    sent = rng.integers(0, side, (2, symbols))
    received = 2 * sent - (side - 1) + sigma * rng.standard_normal((2, symbols))
    decided = np.clip(np.rint((received + side - 1) / 2), 0, side - 1).astype(int)
    ones = np.array([value.bit_count() for value in range(side)])
    wrong_bits = ones[gray[sent] ^ gray[decided]].sum()
    assert wrong_bits / (symbols * math.log2(points)) == pytest.approx(2e-2, rel=0.03)


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(MODULATIONS), st.floats(-5, 25), st.floats(0.01, 5))
def test_more_snr_means_fewer_errors_and_denser_formats_need_more(modulation, snr_db, step_db):
    assert pre_fec_ber(modulation, snr_db + step_db) <= pre_fec_ber(modulation, snr_db)
    ber = 2e-2
    needs_db = [ideal_snr_db(each, ber) for each in MODULATIONS]
    assert needs_db == sorted(needs_db)
    assert pre_fec_ber(modulation, ideal_snr_db(modulation, ber)) == pytest.approx(ber)


def test_no_frame_is_lost_with_margin_and_all_are_far_below_it():
    assert frame_loss(0.0, 9000) == 0.0
    assert frame_loss(3.0, 9000) == 0.0
    assert 0 < frame_loss(-0.1, 1500) < 1e-5
    assert frame_loss(-0.3, 64) == pytest.approx(1 - 0.99**512)
    assert frame_loss(-20.0, 1500) == pytest.approx(1.0)


@settings(deadline=None, derandomize=True)
@given(st.floats(-5, 5), st.floats(0, 2), st.integers(64, 9000), st.integers(0, 1000))
def test_loss_falls_with_margin_and_rises_with_size(margin_db, step_db, size, more):
    assert 0 <= frame_loss(margin_db, size) <= 1
    assert frame_loss(margin_db + step_db, size) <= frame_loss(margin_db, size)
    assert frame_loss(margin_db, size + more) >= frame_loss(margin_db, size)
    assert post_fec_ber(margin_db) <= 1e-2
