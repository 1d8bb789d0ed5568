"""Extra loss on a fibre: what it does to a wavelength that passes.

Amplifiers keep their gain, so behind the loss a channel stays weaker, and every amplifier up to the
next ROADM adds more noise to it; the ROADM, which attenuates less, makes up what it can. Noise of
nonlinear interference is kept as it was: weaker channels have less of it, so the GSNR is a lower
bound.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from apn_emu.optics.grid import Channel
from apn_emu.optics.line import (
    OSNR_BANDWIDTH_HZ,
    Comb,
    Element,
    LinePowers,
    Span,
    channel_powers,
    from_db,
)
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.qot import LineSystem, PathNoise, Qot
from apn_emu.optics.section import Kind

SENSITIVITY_BELOW_NOMINAL_DB = 10.0
"""How much weaker than designed a receiver may get its channel before it reports loss of signal.
Assumption: coherent modules state an input range of about 10 dB below their usual input."""


@dataclass(frozen=True)
class Degraded:
    """What a receiver gets: the quality, and whether there is enough light to see a signal."""

    qot: Qot
    lit: bool


def degraded(
    system: LineSystem,
    links: Sequence[str],
    extra_db: Sequence[float],
    channel: Channel,
    mode: TransceiverMode,
    noise: PathNoise,
) -> Degraded:
    """Return what comes of `noise`, that of the sound line, with extra loss.

    `links` are the sections in the direction of the light, `extra_db` the extra loss of each, at
    the end of its first span.
    """
    sound = _powers(system, links, [0.0] * len(links), channel, mode)
    worse = _powers(system, links, extra_db, channel, mode)
    added = _ase(worse) - _ase(sound)
    qot = system.qot(replace(noise, ase=noise.ase + added), mode)
    # Ratios of ASE to signal tell how much weaker the channel is at the last amplifier's input; the
    # ROADM behind it attenuates as much less as it can.
    weaker_db = 10 * math.log10(float(worse.ase_ratios[-1][0] / sound.ase_ratios[-1][0]))
    equipment = system.equipment
    reserve_db = equipment.launch_dbm_per_50ghz - equipment.roadm_target_dbm_per_50ghz
    return Degraded(qot, weaker_db - reserve_db <= SENSITIVITY_BELOW_NOMINAL_DB)


def line_noise(
    system: LineSystem, gsnr_01nm_db: float, osnr_01nm_db: float, mode: TransceiverMode
) -> PathNoise:
    """Return a noise of the line that gives this quality (`LineSystem.qot` backwards).

    The noise of the line is what is left beside that of the ends, and not less than a billionth of
    the signal: rounded figures of a short line may leave nothing.
    """
    bandwidth = mode.baud_hz / OSNR_BANDWIDTH_HZ
    ends = system.noise_of_ends(mode)
    line = max(float(from_db(-gsnr_01nm_db)) * bandwidth - ends, 1e-9)
    ase = max(float(from_db(-osnr_01nm_db)) * bandwidth - ends, 1e-9 * line)
    sum_of_logarithms = math.log1p(line)
    share = min(ase / line, 1 - 1e-9)
    return PathNoise(sum_of_logarithms * share, sum_of_logarithms * (1 - share), spans=_MANY)


_MANY = 10**9
"""Spans of an unknown line: the second-order term of NLI, which is below a hundredth of a dB, is
left out."""


def _powers(
    system: LineSystem,
    links: Sequence[str],
    extra_db: Sequence[float],
    channel: Channel,
    mode: TransceiverMode,
) -> LinePowers:
    elements: list[Element] = []
    for link, loss_db in zip(links, extra_db, strict=True):
        section = list(system.section(link).elements)
        first = next(index for index, e in enumerate(section) if isinstance(e, Span))
        span = section[first]
        assert isinstance(span, Span)
        section[first] = replace(span, connector_out_db=span.connector_out_db + loss_db)
        elements += section
    kind = Kind(mode.baud_hz, channel.width_ghz)
    one = np.ones(1)
    comb = Comb(
        channel.centre_thz * 1e12 * one, kind.baud_hz * one, kind.level_db * one, power_dbm=np.inf
    )
    return channel_powers(comb, elements)


def _ase(powers: LinePowers) -> float:
    return float(np.log1p(np.array(powers.ase_ratios)).sum())
