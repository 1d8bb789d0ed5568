"""One-way latency of a lightpath in whole nanoseconds, split by where the light spends it.

Every delay of the emulation comes from here, so the plan's budget and the packets agree to the
nanosecond. Fibre is physics; the other constants are equipment, with the source or the word
"assumption" beside each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SPEED_OF_LIGHT_KM_PER_S = 299_792.458
GROUP_INDEX = 1.468
"""Group index of standard single-mode fibre (ITU-T G.652) at 1550 nm: 4.8967 us/km."""

AMPLIFIER_DELAY_NS = 125
"""An EDFA site: 0.10 to 0.15 us in the literature (10 to 30 m of erbium fibre and its patch
cords); the middle is taken."""

ROADM_DELAY_NS = 50
"""A ROADM, whether it adds, drops or passes through. Assumption: no source was found; about 10 m of
fibre inside (two wavelength-selective switches and patch cords) are 49 ns."""


class HasLatency(Protocol):
    """Anything that states a transceiver latency, such as a `TransceiverMode`."""

    @property
    def latency_us(self) -> float:
        """Latency of one transmitter and one receiver together: framing, FEC and DSP."""
        ...


@dataclass(frozen=True)
class LatencyBudget:
    """One-way latency of a lightpath in nanoseconds, client port to client port."""

    fibre_ns: int
    amplifiers_ns: int
    roadms_ns: int
    transceivers_ns: int

    @property
    def total_ns(self) -> int:
        """Sum of all parts."""
        return self.fibre_ns + self.amplifiers_ns + self.roadms_ns + self.transceivers_ns


def fibre_delay_ns(length_km: float, group_index: float = GROUP_INDEX) -> int:
    """Return the one-way delay of `length_km` of fibre: group index x length / c."""
    return round(length_km * group_index / SPEED_OF_LIGHT_KM_PER_S * 1e9)


def transceiver_delay_ns(transceiver: HasLatency) -> int:
    """Return the latency of a transmitter and a receiver together."""
    return round(transceiver.latency_us * 1e3)


def lightpath_latency(
    link_lengths_km: Sequence[float],
    amplifiers_per_link: Sequence[int],
    transceiver: HasLatency,
) -> LatencyBudget:
    """Return the one-way latency of a lightpath over links in order.

    `amplifiers_per_link` counts every EDFA of the link in one direction, booster and preamplifier
    included. A route of k links passes k + 1 ROADMs. Raises `ValueError` when the two sequences
    differ in length.
    """
    fibre_ns = amplifiers_ns = 0
    for length_km, amplifiers in zip(link_lengths_km, amplifiers_per_link, strict=True):
        fibre_ns += fibre_delay_ns(length_km)
        amplifiers_ns += amplifiers * AMPLIFIER_DELAY_NS
    return LatencyBudget(
        fibre_ns=fibre_ns,
        amplifiers_ns=amplifiers_ns,
        roadms_ns=(len(link_lengths_km) + 1) * ROADM_DELAY_NS,
        transceivers_ns=transceiver_delay_ns(transceiver),
    )
