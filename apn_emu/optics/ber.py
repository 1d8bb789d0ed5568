"""From GSNR to bit errors before the FEC, and from margin to frames lost behind it."""

from __future__ import annotations

import math
from collections.abc import Callable

_POST_FEC_BER_AT_THRESHOLD = 1e-15
_POST_FEC_BER_FLOODED = 1e-2
_WATERFALL_DB = 0.3


def _erfc_curve(weight: float, scale: float) -> Callable[[float], float]:
    return lambda snr: weight * math.erfc(math.sqrt(scale * snr))


# Gray-mapped, both polarizations alike, white Gaussian noise, SNR in the symbol-rate bandwidth.
# QPSK and the square QAMs: (4/log2 M)(1 - 1/sqrt M) Q(sqrt(3 SNR/(M - 1))), the union over nearest
# neighbours (Proakis, Digital Communications); 8QAM: G. Bosco et al., JLT 29(1) 53 (2011).
_BER: dict[str, Callable[[float], float]] = {
    "QPSK": _erfc_curve(1 / 2, 1 / 2),
    "8QAM": _erfc_curve(2 / 3, 3 / 14),
    "16QAM": _erfc_curve(3 / 8, 1 / 10),
    "64QAM": _erfc_curve(7 / 24, 1 / 42),
}
MODULATIONS = tuple(_BER)


def pre_fec_ber(modulation: str, snr_bw_db: float) -> float:
    """Return the bit error rate of an ideal receiver at an SNR in the symbol-rate bandwidth.

    For a real module subtract its `implementation_penalty_db` from the GSNR first. Raises
    `KeyError` for a format not in `MODULATIONS`.
    """
    return _BER[modulation](10 ** (snr_bw_db / 10))


def ideal_snr_db(modulation: str, ber: float) -> float:
    """Return the SNR at which an ideal receiver has this bit error rate (by bisection)."""
    low_db, high_db = -40.0, 60.0
    while high_db - low_db > 1e-9:
        middle_db = (low_db + high_db) / 2
        if pre_fec_ber(modulation, middle_db) > ber:
            low_db = middle_db
        else:
            high_db = middle_db
    return high_db


def post_fec_ber(margin_db: float) -> float:
    """Return the bit error rate behind the FEC: 0 with margin, a waterfall without.

    Assumption: from 1e-15, which oFEC and C-FEC guarantee at their threshold, it rises
    exponentially to 1e-2 within 0.3 dB, as soft-decision codes do.
    """
    if margin_db >= 0:
        return 0.0
    fraction = min(-margin_db / _WATERFALL_DB, 1.0)
    exponent = math.log10(_POST_FEC_BER_AT_THRESHOLD) * (1 - fraction)
    return float(10 ** (exponent + math.log10(_POST_FEC_BER_FLOODED) * fraction))


def frame_loss(margin_db: float, frame_bytes: int) -> float:
    """Return the probability that a frame of `frame_bytes` is lost to uncorrected bit errors."""
    ber = post_fec_ber(margin_db)
    return -math.expm1(8 * frame_bytes * math.log1p(-ber))
