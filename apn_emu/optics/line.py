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


def ase_at_input_w(noise_figure_db: float, frequency_hz: Floats, baud_hz: Floats) -> Floats:
    """Return an amplifier's ASE in the symbol-rate bandwidth, referred to its input: F h f B."""
    ase_w: Floats = from_db(noise_figure_db) * PLANCK_J_S * frequency_hz * baud_hz
    return ase_w


def propagate(comb: Comb, line: Sequence[Element]) -> LineNoise:
    """Return the noise of every channel after the line; all channels run the whole of it."""
    power_w = from_db(comb.power_dbm + np.zeros_like(comb.frequency_hz)) * 1e-3
    level = from_db(comb.level_db) * 1e-3
    noise: list[Floats] = []  # per noisy element: ASE / P, or for a span NLI / P
    is_ase: list[bool] = []
    span_powers: dict[tuple[FibreType, float], list[tuple[int, Floats]]] = {}
    for element in line:
        if isinstance(element, Roadm):
            power_w = np.minimum(power_w, from_db(element.target_dbm) * level)
        elif isinstance(element, Amplifier):
            ase_w = ase_at_input_w(element.noise_figure_db, comb.frequency_hz, comb.baud_hz)
            noise.append(ase_w / power_w)
            is_ase.append(True)
            power_w = (power_w + ase_w) * from_db(element.gain_db - element.output_voa_db)
        else:
            at_input_w = power_w * from_db(-element.connector_in_db - element.padding_db)
            key = (element.fibre, element.length_km)
            span_powers.setdefault(key, []).append((len(noise), at_input_w))
            noise.append(power_w)  # replaced below, when all powers are known
            is_ase.append(False)
            power_w = power_w * from_db(-element.loss_db)
    for (fibre, length_km), spans in span_powers.items():
        efficiency = efficiency_matrix(fibre, length_km, comb.frequency_hz, comb.baud_hz)
        powers = np.array([at_input_w for _, at_input_w in spans])
        for (index, _), ratio in zip(spans, powers**2 @ efficiency.T, strict=True):
            noise[index] = ratio
    return _accumulate(np.array(noise), np.array(is_ase))


def _accumulate(noise: Floats, is_ase: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> LineNoise:
    """Chain the elements: `noise` has shape (elements, channels)."""
    factors = np.where(is_ase[:, None], 1 + noise, 1 / (1 - noise))
    after = np.cumprod(factors, axis=0)
    before = after[is_ase] / factors[is_ase]
    ase = np.sum(noise[is_ase] * before, axis=0)
    return LineNoise(ase=ase, nli=after[-1] - 1 - ase)
