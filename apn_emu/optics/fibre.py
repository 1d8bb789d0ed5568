"""Optical fibre: attenuation, dispersion and Kerr nonlinearity of one type, in SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from apn_emu.optics.latency import GROUP_INDEX

Floats = NDArray[np.float64]

SPEED_OF_LIGHT_M_PER_S = 299_792_458.0
_CORE_RADIUS_M = 4.2e-6


@dataclass(frozen=True)
class FibreType:
    """A fibre as its data sheet gives it; dispersion and effective area at 1550 nm."""

    name: str
    loss_db_per_km: float
    dispersion_ps_per_nm_km: float
    effective_area_um2: float
    nonlinear_index_m2_per_w: float = 2.6e-20
    group_index: float = GROUP_INDEX
    reference_wavelength_nm: float = 1550.0

    @property
    def attenuation_per_m(self) -> float:
        """Power attenuation alpha in 1/m: P(z) = P(0) exp(-alpha z)."""
        return self.loss_db_per_km * math.log(10) / 10 / 1e3

    @property
    def beta2_s2_per_m(self) -> float:
        """Group-velocity dispersion: -D lambda^2 / (2 pi c); the slope is neglected."""
        wavelength_m = self.reference_wavelength_nm * 1e-9
        dispersion_s_per_m2 = self.dispersion_ps_per_nm_km * 1e-6
        return -dispersion_s_per_m2 * wavelength_m**2 / (2 * math.pi * SPEED_OF_LIGHT_M_PER_S)

    def gamma_per_w_m(self, frequency_hz: Floats) -> Floats:
        """Return the nonlinear coefficient at each frequency.

        gamma = 2 pi n2 f / (c Aeff(f)); the mode field of a step-index core of 4.2 um shrinks with
        frequency as in GNPy 3: Aeff(f) = pi r^2 / ln(V0 f / f0), V0 = exp(pi r^2 / Aeff(f0)).
        """
        core_m2 = math.pi * _CORE_RADIUS_M**2
        reference_hz = SPEED_OF_LIGHT_M_PER_S / (self.reference_wavelength_nm * 1e-9)
        log_v0 = core_m2 / (self.effective_area_um2 * 1e-12)
        area_m2 = core_m2 / (log_v0 + np.log(frequency_hz / reference_hz))
        scale = 2 * math.pi * self.nonlinear_index_m2_per_w / SPEED_OF_LIGHT_M_PER_S
        gamma: Floats = scale * frequency_hz / area_m2
        return gamma
