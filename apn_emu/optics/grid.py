"""Frequency grid of ITU-T G.694.1: channels as exact integers in units of 6.25 GHz.

All spectrum arithmetic is done in whole *units* of 6.25 GHz counted from the lower edge of the
C band (191.325 THz), so nothing is ever rounded. The flexible grid's nominal central frequency is
193.1 THz + n x 6.25 GHz and its slot width m x 12.5 GHz; the fixed 50 and 100 GHz grids are the
same channels with m = 4 and m = 8.
"""

from __future__ import annotations

from dataclasses import dataclass

UNIT_GHZ = 6.25
ANCHOR_THZ = 193.1
C_BAND_LOWER_THZ = 191.325
C_BAND_UNITS = 768
"""The C band: 4.8 THz, 96 channels of 50 GHz (191.35 to 196.10 THz)."""

_ANCHOR_UNITS = round((ANCHOR_THZ - C_BAND_LOWER_THZ) * 1e3 / UNIT_GHZ)


@dataclass(frozen=True, order=True)
class Channel:
    """A frequency slot: `lower` edge and `width`, both in units of 6.25 GHz from 191.325 THz."""

    lower: int
    width: int

    @property
    def upper(self) -> int:
        """First unit above the channel."""
        return self.lower + self.width

    @property
    def centre_thz(self) -> float:
        """Nominal central frequency in THz."""
        return round(C_BAND_LOWER_THZ + (self.lower + self.width / 2) * UNIT_GHZ / 1e3, 6)

    @property
    def width_ghz(self) -> float:
        """Slot width in GHz."""
        return self.width * UNIT_GHZ

    @property
    def n(self) -> float:
        """G.694.1 `n`: the centre is 193.1 THz + n x 6.25 GHz."""
        return self.lower + self.width / 2 - _ANCHOR_UNITS

    @property
    def m(self) -> float:
        """G.694.1 `m`: the width is m x 12.5 GHz."""
        return self.width / 2

    @property
    def vid(self) -> int:
        """802.1ad VLAN id that stands for this channel on an emulated fibre: lower edge + 1."""
        return self.lower + 1

    def overlaps(self, other: Channel) -> bool:
        """Return whether the two channels share any spectrum."""
        return self.lower < other.upper and other.lower < self.upper
