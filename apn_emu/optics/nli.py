"""Nonlinear interference of one fibre span: the incoherent GN model in closed form.

P. Poggiolini et al., "The GN model of non-linear propagation in uncompensated coherent optical
systems", arXiv:1209.0394, eqs. 120 and 123: each lit channel j adds to channel i an interference
power P_i P_j^2 eta_ij, spans add incoherently, roll-off plays no part.
"""

from __future__ import annotations

import math

import numpy as np

from apn_emu.optics.fibre import FibreType, Floats

SELF_WEIGHT = 16 / 27
CROSS_WEIGHT = 32 / 27


def efficiency_over_gamma2(
    fibre: FibreType,
    length_km: float,
    offset_hz: Floats,
    baud_hz: Floats | float,
    interferer_baud_hz: Floats | float,
) -> Floats:
    """Return eta_ij / gamma^2 in m^2: interference per cubed power at the fibre's input.

    `offset_hz` is f_j - f_i; an offset of zero is the channel's own interference (weight 16/27),
    all others are cross interference (32/27). The arrays broadcast against each other.
    """
    alpha = fibre.attenuation_per_m
    beta2 = abs(fibre.beta2_s2_per_m)
    effective_length_m = -math.expm1(-alpha * length_km * 1e3) / alpha
    phase = math.pi**2 * beta2 / alpha * np.asarray(baud_hz)
    half_baud_hz = np.asarray(interferer_baud_hz) / 2
    integral = np.arcsinh(phase * (offset_hz + half_baud_hz))
    integral -= np.arcsinh(phase * (offset_hz - half_baud_hz))
    psi = integral / 2 * effective_length_m**2 * alpha / (2 * math.pi * beta2)
    weight = np.where(offset_hz == 0, SELF_WEIGHT, CROSS_WEIGHT)
    efficiency: Floats = weight * psi / (4 * half_baud_hz**2)
    return efficiency


def efficiency_matrix(
    fibre: FibreType, length_km: float, frequency_hz: Floats, baud_hz: Floats
) -> Floats:
    """Return eta_ij in 1/W^2 for a comb of n channels, shape (n, n): row disturbed, column lit."""
    n = len(frequency_hz)
    step = np.diff(frequency_hz)
    gamma2 = fibre.gamma_per_w_m(frequency_hz) ** 2
    # An evenly spaced comb has n different offsets, not n^2: the same numbers, a hundredth the work
    if n > 1 and np.ptp(baud_hz) == 0 and np.allclose(step, step[0], rtol=1e-9, atol=0):
        offset_hz = np.arange(n) * step[0]
        line = efficiency_over_gamma2(fibre, length_km, offset_hz, baud_hz[0], baud_hz[0])
        mirrored = np.concatenate((line[:0:-1], line))
        efficiency = np.lib.stride_tricks.sliding_window_view(mirrored, n)[::-1]
    else:
        offset_hz = frequency_hz[None, :] - frequency_hz[:, None]
        efficiency = efficiency_over_gamma2(
            fibre, length_km, offset_hz, baud_hz[:, None], baud_hz[None, :]
        )
    matrix: Floats = gamma2[:, None] * efficiency
    return matrix
