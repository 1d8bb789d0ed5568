"""Frequency grid of ITU-T G.694.1: channels as exact integers in units of 6.25 GHz.

All spectrum arithmetic is done in whole *units* of 6.25 GHz counted from the lower edge of the
C band (191.325 THz), so nothing is ever rounded. The flexible grid's nominal central frequency is
193.1 THz + n x 6.25 GHz and its slot width m x 12.5 GHz; the fixed 50 and 100 GHz grids are the
same channels with m = 4 and m = 8. The optional L band takes the units from 1024 on, so that its
channels have identifiers of their own; no channel may lie between the bands.
"""

from __future__ import annotations

from dataclasses import dataclass

UNIT_GHZ = 6.25
ANCHOR_THZ = 193.1
C_BAND_LOWER_THZ = 191.325
C_BAND_UNITS = 768
"""The C band: 4.8 THz, 96 channels of 50 GHz (191.35 to 196.10 THz)."""

L_BAND_LOWER_THZ = 186.1
L_BAND_FIRST_UNIT = 1024
"""The L band's lower edge, 186.1 THz (193.1 THz - 1120 x 6.25 GHz), as 4.8 THz up to 190.9 THz."""


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
        band_thz, first = (C_BAND_LOWER_THZ, 0)
        if self.lower >= L_BAND_FIRST_UNIT:
            band_thz, first = (L_BAND_LOWER_THZ, L_BAND_FIRST_UNIT)
        return round(band_thz + (self.lower - first + self.width / 2) * UNIT_GHZ / 1e3, 6)

    @property
    def width_ghz(self) -> float:
        """Slot width in GHz."""
        return self.width * UNIT_GHZ

    @property
    def n(self) -> float:
        """G.694.1 `n`: the centre is 193.1 THz + n x 6.25 GHz."""
        return round((self.centre_thz - ANCHOR_THZ) * 1e3 / UNIT_GHZ, 3)

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


def width_units(width_ghz: float) -> int:
    """Return a slot width in units; raise `ValueError` unless it is a multiple of 12.5 GHz."""
    slots = width_ghz / (2 * UNIT_GHZ)
    if slots < 1 or not slots.is_integer():
        raise ValueError(f"slot width {width_ghz:g} GHz is not a multiple of 12.5 GHz")
    return int(slots) * 2


@dataclass(frozen=True)
class Band:
    """Spectrum that a line system carries: `units` from `first` on."""

    name: str
    first: int
    units: int

    @property
    def end(self) -> int:
        """First unit above the band."""
        return self.first + self.units


C_BAND = Band("C", 0, C_BAND_UNITS)
L_BAND = Band("L", L_BAND_FIRST_UNIT, C_BAND_UNITS)


@dataclass(frozen=True)
class Grid:
    """Where channels may stand: on a fixed grid of `spacing_ghz`, or with None on the flexible one.

    A fixed grid of 50, 75, 100 or 150 GHz fills each band from its lower edge with slots of that
    width. On the flexible grid a slot starts at any unit and its width is a multiple of 12.5 GHz
    (ITU-T G.694.1 clause 7: the central frequency is then a multiple of 6.25 GHz).
    """

    spacing_ghz: float | None = None
    bands: tuple[Band, ...] = (C_BAND,)

    def __post_init__(self) -> None:
        if self.spacing_ghz is not None:
            width_units(self.spacing_ghz)

    @property
    def end(self) -> int:
        """First unit above the highest band; spectrum masks have this many bits."""
        return max(band.end for band in self.bands)

    def slot_units(self, width_ghz: float) -> int:
        """Return the units that a signal of `width_ghz` takes: on a fixed grid, a whole slot.

        Raises `ValueError` when the signal does not fit the fixed grid's slot.
        """
        if self.spacing_ghz is None:
            return width_units(width_ghz)
        if width_ghz > self.spacing_ghz:
            raise ValueError(
                f"a signal of {width_ghz:g} GHz does not fit a grid of {self.spacing_ghz:g} GHz"
            )
        return width_units(self.spacing_ghz)

    def channels(self, width_ghz: float | None = None) -> tuple[Channel, ...]:
        """Return the candidate channels for a signal of `width_ghz`, ascending by `lower`.

        A fixed grid needs no width. Raises `ValueError` like `slot_units`, and when a flexible grid
        is asked without a width.
        """
        signal_ghz = self.spacing_ghz if width_ghz is None else width_ghz
        if signal_ghz is None:
            raise ValueError("a flexible grid has no channels without a width")
        width = self.slot_units(signal_ghz)
        step = 1 if self.spacing_ghz is None else width
        return tuple(
            Channel(lower, width)
            for band in self.bands
            for lower in range(band.first, band.end - width + 1, step)
        )
