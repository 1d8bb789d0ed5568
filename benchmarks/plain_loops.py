"""The work of optics and allocation as plain loops, for comparison: same answers, nothing clever.

QoT: every channel, span and pair of channels in turn. Blocking: every request looks slot by slot
for the first gap. Planning: all lit lightpaths are lit anew to assess the next one.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

from apn_emu.allocation.blocking_model import BlockingModel
from apn_emu.allocation.traffic import Traffic
from apn_emu.optics.grid import Channel
from apn_emu.optics.line import PLANCK_J_S, Amplifier, Comb, Element, Roadm, Span
from apn_emu.optics.lit import Assessment, LitSpectrum
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.nli import CROSS_WEIGHT, SELF_WEIGHT
from apn_emu.optics.qot import LineSystem


def noise_to_signal(comb: Comb, line: Sequence[Element]) -> list[float]:
    """Return the noise-to-signal ratio of each channel, as `optics.line.propagate` does."""
    frequency_hz, baud_hz = comb.frequency_hz.tolist(), comb.baud_hz.tolist()
    channels = range(len(frequency_hz))
    power_w = [10 ** (comb.power_dbm / 10) * 1e-3 for _ in channels]
    level_db = comb.level_db.tolist()
    noise = [0.0 for _ in channels]
    for element in line:
        if isinstance(element, Roadm):
            for i in channels:
                target_w = 10 ** ((element.target_dbm + level_db[i]) / 10) * 1e-3
                power_w[i] = min(power_w[i], target_w)
        elif isinstance(element, Amplifier):
            gain = 10 ** ((element.gain_db - element.output_voa_db) / 10)
            figure = 10 ** (element.noise_figure_db / 10)
            for i in channels:
                ase_w = figure * PLANCK_J_S * frequency_hz[i] * baud_hz[i]
                noise[i] = (1 + noise[i]) * (1 + ase_w / power_w[i]) - 1
                power_w[i] = (power_w[i] + ase_w) * gain
        else:
            loss = 10 ** (-(element.connector_in_db + element.padding_db) / 10)
            at_input_w = [power * loss for power in power_w]
            for i in channels:
                nli = sum(
                    at_input_w[j] ** 2
                    * _efficiency(element, frequency_hz[i], frequency_hz[j], baud_hz[i], baud_hz[j])
                    for j in channels
                )
                noise[i] = (1 + noise[i]) / (1 - nli) - 1
            power_w = [power * 10 ** (-element.loss_db / 10) for power in power_w]
    return noise


def _efficiency(span: Span, own_hz: float, other_hz: float, baud: float, other: float) -> float:
    """Return what `optics.nli.efficiency_matrix` holds for one pair of channels, in 1/W^2."""
    alpha, beta2 = span.fibre.attenuation_per_m, abs(span.fibre.beta2_s2_per_m)
    effective_m = -math.expm1(-alpha * span.length_km * 1e3) / alpha
    phase, offset_hz = math.pi**2 * beta2 / alpha * baud, other_hz - own_hz
    integral = math.asinh(phase * (offset_hz + other / 2))
    integral -= math.asinh(phase * (offset_hz - other / 2))
    weight = CROSS_WEIGHT if offset_hz else SELF_WEIGHT
    gamma = float(span.fibre.gamma_per_w_m(own_hz))
    psi = integral / 2 * effective_m**2 * alpha / (2 * math.pi * beta2)
    return gamma**2 * weight * psi / other**2


def blocked(model: BlockingModel, traffic: Traffic, requests: int, seed: int) -> int:
    """Return how many requests are blocked, as `allocation.blocking.simulate` without warm-up."""
    drawn = traffic.draw(requests, len(model.pairs), len(model.rates_gbps), seed)
    candidates = model.candidates()
    used = [[False] * model.slots for _ in model.fibres]
    held: dict[int, tuple[Sequence[int], range]] = {}
    missed = 0
    for event in drawn.events().tolist():
        if event >= requests:
            for fibre in held[event - requests][0] if event - requests in held else ():
                for slot in held[event - requests][1]:
                    used[fibre][slot] = False
            continue
        rate = model.rates_gbps[drawn.rate[event]]
        for candidate in candidates[drawn.pair[event]]:
            width = model.width(rate, candidate.bits_per_symbol)
            gap = _first_gap([used[fibre] for fibre in candidate.fibres], width)
            if gap is not None:
                for fibre in candidate.fibres:
                    for slot in gap:
                        used[fibre][slot] = True
                held[event] = (candidate.fibres, gap)
                break
        else:
            missed += 1
    return missed


def _first_gap(fibres: Sequence[Sequence[bool]], width: int) -> range | None:
    """Return the lowest slots that are free on all fibres."""
    for lower in range(len(fibres[0]) - width + 1):
        slots = range(lower, lower + width)
        if not any(fibre[slot] for fibre in fibres for slot in slots):
            return slots
    return None


class LitAnew(LitSpectrum):
    """Forgets everything but the list of lightpaths: each question lights them all again."""

    def __init__(self, system: LineSystem) -> None:
        super().__init__(system)
        self._listed: dict[Hashable, tuple[Sequence[Hashable], Channel, TransceiverMode]] = {}

    def assess(
        self, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> Assessment:
        """Return what `LitSpectrum.assess` does."""
        anew = LitSpectrum(self.system)
        for key, lightpath in self._listed.items():
            anew.light(key, *lightpath)
        return anew.assess(route, channel, mode)

    def light(
        self, key: Hashable, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> None:
        """Take note of a lightpath."""
        super().light(key, route, channel, mode)
        self._listed[key] = (route, channel, mode)
