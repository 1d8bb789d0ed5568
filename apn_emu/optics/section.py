"""Noise of one ROADM-to-ROADM section, tabulated once; any lit spectrum is a sum of look-ups.

With z the noise-to-signal ratio of a lightpath, ln(1 + z) adds up over sections (see `line`): an
ASE part that depends on the channel alone, and for every lit channel j on the fibre a nonlinear
part that depends on the distance in frequency, on the two symbol rates and on P_j^2. Frequencies
are whole *positions* of 3.125 GHz (half a unit) from 186.1 THz, so every table is an array.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from apn_emu.optics.design import line_elements
from apn_emu.optics.equipment import Equipment
from apn_emu.optics.fibre import Floats
from apn_emu.optics.grid import (
    C_BAND_LOWER_THZ,
    C_BAND_UNITS,
    L_BAND_LOWER_THZ,
    UNIT_GHZ,
    Channel,
    Grid,
)
from apn_emu.optics.line import Comb, Span, channel_powers, to_db
from apn_emu.optics.nli import efficiency_over_gamma2

_STEP_THZ = UNIT_GHZ / 2e3
_REFERENCE_WIDTH_GHZ = 50.0
POSITIONS = round((C_BAND_LOWER_THZ - L_BAND_LOWER_THZ) / _STEP_THZ) + 2 * C_BAND_UNITS + 1


class Kind(NamedTuple):
    """What matters of a signal besides its frequency: symbol rate and slot width (GHz)."""

    baud_hz: float
    width_ghz: float

    @property
    def level_db(self) -> float:
        """Power against the design power, which is per 50 GHz of slot width."""
        return float(to_db(self.width_ghz / _REFERENCE_WIDTH_GHZ))


class Profile(NamedTuple):
    """A kind's figures at every position, shape (POSITIONS,).

    `ase`: sum over amplifiers of ln(1 + ASE / P). `weight`: what the channel does to others, as
    power squared against a channel of the design power without ASE. `gamma2`: gamma^2 against that
    at the first position, what others do to it.
    """

    ase: Floats
    weight: Floats
    gamma2: Floats


def position(channel: Channel) -> int:
    """Return a channel's central frequency in whole positions from 186.1 THz."""
    return round((channel.centre_thz - L_BAND_LOWER_THZ) / _STEP_THZ)


class Section:
    """Tables of one section, each made when it is first asked for.

    Accuracy: interference is weighted by the section's mean channel power, which neglects how the
    ASE's share of the power differs between spans; against `line.propagate` the GSNR is within
    0.001 dB.
    """

    def __init__(self, spans: Sequence[Span], equipment: Equipment) -> None:
        self.spans = tuple(spans)
        self.amplifiers = len(self.spans) + 1
        self.length_km = sum(span.length_km for span in self.spans)
        self.elements = line_elements(self.spans, equipment)
        self._offset_hz = np.arange(POSITIONS, dtype=np.float64) * (_STEP_THZ * 1e12)
        self._frequency_hz = self._offset_hz + L_BAND_LOWER_THZ * 1e12
        # A signal of no bandwidth gathers no ASE: the powers that the design intends
        silent = Comb(np.zeros(1), np.zeros(1), np.zeros(1), power_dbm=np.inf)
        spans_w = [at_input_w for _, at_input_w in channel_powers(silent, self.elements).spans]
        self._design_power2 = np.array(spans_w)[:, 0] ** 2
        self._profiles: dict[Kind, Profile] = {}
        self._interference: dict[tuple[Kind, Kind], Floats] = {}
        self._full_loads: dict[tuple[Kind, Grid], tuple[Floats, Floats]] = {}

    def profile(self, kind: Kind) -> Profile:
        """Return a kind's figures at every position."""
        if kind not in self._profiles:
            self._profiles[kind] = self._tabulate(kind)
        return self._profiles[kind]

    def interference(self, disturbed: Kind, lit: Kind) -> Floats:
        """Return NLI / P by distance in positions, shape (POSITIONS,); index 0 is the own part.

        For a lit channel of weight 1 and a disturbed one of gamma2 1; multiply by both.
        """
        pair = (disturbed, lit)
        if pair not in self._interference:
            gamma2 = self._gamma2(self._frequency_hz[:1])[0]
            table = np.zeros(POSITIONS)
            by_length: dict[float, float] = {}
            for span, power2 in zip(self.spans, self._design_power2, strict=True):
                by_length[span.length_km] = by_length.get(span.length_km, 0.0) + power2
            for length_km, power2 in by_length.items():
                table += power2 * efficiency_over_gamma2(
                    self.spans[0].fibre, length_km, self._offset_hz, disturbed.baud_hz, lit.baud_hz
                )
            self._interference[pair] = table * gamma2
        return self._interference[pair]

    def full_load(self, kind: Kind, grid: Grid) -> tuple[Floats, Floats]:
        """Return the ASE and NLI sums of every channel of a fixed grid when all are lit, (n,)."""
        key = (kind, grid)
        if key not in self._full_loads:
            profile = self.profile(kind)
            at = np.array([position(channel) for channel in grid.channels()])
            table = self.interference(kind, kind)[np.abs(at[:, None] - at[None, :])]
            nli: Floats = profile.gamma2[at] * (table @ profile.weight[at])
            self._full_loads[key] = (profile.ase[at], nli)
        return self._full_loads[key]

    def _tabulate(self, kind: Kind) -> Profile:
        comb = Comb(
            self._frequency_hz,
            np.full(POSITIONS, kind.baud_hz),
            np.full(POSITIONS, kind.level_db),
            power_dbm=np.inf,
        )
        powers = channel_powers(comb, self.elements)
        ase = np.log1p(np.array(powers.ase_ratios)).sum(axis=0)
        power2 = sum(at_input_w**2 for _, at_input_w in powers.spans)
        weight: Floats = power2 / self._design_power2.sum()
        gamma2 = self._gamma2(self._frequency_hz)
        return Profile(ase=ase, weight=weight, gamma2=gamma2 / gamma2[0])

    def _gamma2(self, frequency_hz: Floats) -> Floats:
        gamma2: Floats = self.spans[0].fibre.gamma_per_w_m(frequency_hz) ** 2
        return gamma2
