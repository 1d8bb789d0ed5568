"""A line as its elements in order, and the exact propagation of a comb of channels through it.

Signal, ASE and NLI share a channel's power (the convention of GNPy 3). Amplifier gains are fixed,
so a channel's power depends on the ASE before it but not on its NLI: interference moves power from
the signal to noise. With z the noise-to-signal ratio, an amplifier multiplies 1 + z by
1 + ASE / P and a span by 1 / (1 - NLI / P): the ratio of a line is a product over its elements.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from apn_emu.optics.fibre import FibreType, Floats
from apn_emu.optics.nli import efficiency_matrix

PLANCK_J_S = 6.62607015e-34
OSNR_BANDWIDTH_HZ = 12.5e9
"""0.1 nm at 1550 nm, the customary reference bandwidth of an OSNR."""


@dataclass(frozen=True)
class Roadm:
    """Sets each channel to `target_dbm` (plus the comb's level); it can only attenuate."""

    target_dbm: float


@dataclass(frozen=True)
class Amplifier:
    """An EDFA with a flat gain and noise figure, and an attenuator behind it."""

    gain_db: float
    noise_figure_db: float
    output_voa_db: float = 0.0


@dataclass(frozen=True)
class Span:
    """Fibre between two amplifiers; `padding_db` attenuates before the fibre."""

    fibre: FibreType
    length_km: float
    connector_in_db: float = 0.0
    connector_out_db: float = 0.0
    padding_db: float = 0.0

    @property
    def loss_db(self) -> float:
        """Loss that the next amplifier makes up."""
        fibre_db = self.fibre.loss_db_per_km * self.length_km
        return fibre_db + self.connector_in_db + self.connector_out_db + self.padding_db


Element = Roadm | Amplifier | Span


@dataclass(frozen=True)
class Comb:
    """Lit channels: centre frequencies (ascending), symbol rates, levels against the targets.

    All arrays have shape (n,). `level_db` raises or lowers a channel against every ROADM target of
    the line; `power_dbm` is what the transmitters launch.
    """

    frequency_hz: Floats
    baud_hz: Floats
    level_db: Floats
    power_dbm: float = 0.0


@dataclass(frozen=True)
class LineNoise:
    """Noise-to-signal ratios at the end of a line, linear, in the symbol-rate bandwidth, (n,)."""

    ase: Floats
    nli: Floats


def from_db(value_db: Floats | float) -> Floats:
    """Return 10^(x/10)."""
    ratio: Floats = np.asarray(10.0 ** (np.asarray(value_db) / 10))
    return ratio


def to_db(ratio: Floats | float) -> Floats:
    """Return 10 log10(x)."""
    value: Floats = np.asarray(10 * np.log10(ratio))
    return value


@dataclass(frozen=True)
class LinePowers:
    """What a line does to the channels before any NLI, in the order of its noisy elements.

    `ase_ratios` holds for each amplifier the ASE over the channel's power at its input; `spans`
    each span with the power at its fibre's input in W; all arrays (n,). `amplifies` tells for every
    noisy element whether it is an amplifier.
    """

    ase_ratios: list[Floats]
    spans: list[tuple[Span, Floats]]
    amplifies: list[bool]


def channel_powers(comb: Comb, line: Sequence[Element]) -> LinePowers:
    """Follow the channel powers (signal and noise together) through a line."""
    powers = LinePowers([], [], [])
    power_w = from_db(comb.power_dbm + np.zeros_like(comb.frequency_hz)) * 1e-3
    level = from_db(comb.level_db) * 1e-3
    ase_per_figure_w = PLANCK_J_S * comb.frequency_hz * comb.baud_hz
    for element in line:
        if isinstance(element, Roadm):
            power_w = np.minimum(power_w, _ratio(element.target_dbm) * level)
        elif isinstance(element, Amplifier):
            # ASE referred to the amplifier's input in the symbol-rate bandwidth: F h f B
            ase_w = _ratio(element.noise_figure_db) * ase_per_figure_w
            powers.ase_ratios.append(ase_w / power_w)
            powers.amplifies.append(True)
            power_w = (power_w + ase_w) * _ratio(element.gain_db - element.output_voa_db)
        else:
            at_input_w = power_w * _ratio(-element.connector_in_db - element.padding_db)
            powers.spans.append((element, at_input_w))
            powers.amplifies.append(False)
            power_w = power_w * _ratio(-element.loss_db)
    return powers


def propagate(comb: Comb, line: Sequence[Element]) -> LineNoise:
    """Return the noise of every channel after the line; all channels run the whole of it."""
    powers = channel_powers(comb, line)
    ase = np.array(powers.ase_ratios).reshape(-1, len(comb.frequency_hz))
    nli = np.empty((len(powers.spans), len(comb.frequency_hz)))
    alike: dict[tuple[FibreType, float], list[int]] = {}
    for index, (span, _) in enumerate(powers.spans):
        alike.setdefault((span.fibre, span.length_km), []).append(index)
    for (fibre, length_km), indices in alike.items():
        efficiency = efficiency_matrix(fibre, length_km, comb.frequency_hz, comb.baud_hz)
        at_input_w = np.array([powers.spans[index][1] for index in indices])
        nli[indices] = at_input_w**2 @ efficiency.T
    amplifies = np.array(powers.amplifies, dtype=bool)
    factors = np.empty((len(amplifies), len(comb.frequency_hz)))
    factors[amplifies] = 1 + ase
    factors[~amplifies] = 1 / (1 - nli)
    after = np.cumprod(factors, axis=0)
    # An amplifier adds a * (1 + z) to the ASE-to-signal ratio, and 1 + z behind it is (1 + a) times
    # that before it
    ase_to_signal: Floats = np.sum(after[amplifies] / (1 + 1 / ase), axis=0)
    return LineNoise(ase=ase_to_signal, nli=after[-1] - 1 - ase_to_signal)


def _ratio(value_db: float) -> float:
    return float(10.0 ** (value_db / 10))
