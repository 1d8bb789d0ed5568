"""The spectrum of every fibre as one integer each: bit u is set while unit u is free.

A channel on a route takes the same contiguous units on each of its fibres (no wavelength
conversion, RFC 7698 clause 4): `take` and `give_back` change all of them or none. A fibre is one
direction of a link, so the two directions of a lightpath are taken as two sets of fibres.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from functools import cache
from typing import Generic, TypeVar

from apn_emu.optics.grid import Channel, Grid

FibreT = TypeVar("FibreT", bound=Hashable)


class SpectrumError(ValueError):
    """Units were taken that are not free, or given back that were not taken: a fault of ours."""


class Spectrum(Generic[FibreT]):
    """Which of the `usable` units are free on which fibre.

    Units are 6.25 GHz, numbered as in `Channel`; a simulation may as well count slots of another
    width. `usable` is a mask, because the bands do not adjoin (see `usable_units`).
    """

    def __init__(self, fibres: Iterable[FibreT], usable: int) -> None:
        self.usable = usable
        self._free: dict[FibreT, int] = dict.fromkeys(fibres, usable)

    @property
    def free(self) -> Mapping[FibreT, int]:
        """Free units of each fibre as a mask."""
        return self._free

    def free_on(self, fibres: Iterable[FibreT]) -> int:
        """Return the mask of the units that are free on all of `fibres` (continuity)."""
        mask = self.usable
        for fibre in fibres:
            mask &= self._free[fibre]
        return mask

    def take(self, fibres: Iterable[FibreT], channel: Channel) -> None:
        """Take the channel on all fibres, or raise `SpectrumError` and change nothing.

        Refused: a unit that is taken or outside the band, a fibre named twice.
        """
        fibres, mask = list(fibres), self._mask(channel)
        if len(set(fibres)) < len(fibres):
            raise SpectrumError("a fibre is named twice")
        for fibre in fibres:
            if self._free[fibre] & mask != mask:
                raise SpectrumError(f"{channel} is not free on {fibre}")
        for fibre in fibres:
            self._free[fibre] ^= mask

    def give_back(self, fibres: Iterable[FibreT], channel: Channel) -> None:
        """Give the channel back on all fibres, or raise `SpectrumError` and change nothing."""
        fibres, mask = list(fibres), self._mask(channel)
        if len(set(fibres)) < len(fibres):
            raise SpectrumError("a fibre is named twice")
        for fibre in fibres:
            if self._free[fibre] & mask:
                raise SpectrumError(f"{channel} is already free on {fibre}")
        for fibre in fibres:
            self._free[fibre] |= mask

    def reserve(self, fibres: Iterable[FibreT], channel: Channel) -> dict[FibreT, int]:
        """Take what is free of the channel on each fibre; return what was taken as masks."""
        mask = self._mask(channel)
        taken = {fibre: self._free[fibre] & mask for fibre in fibres}
        for fibre, units in taken.items():
            self._free[fibre] ^= units
        return taken

    def end_reservation(self, taken: Mapping[FibreT, int]) -> None:
        """Give back what `reserve` took."""
        for fibre, units in taken.items():
            self._free[fibre] |= units

    def used_units(self, fibre: FibreT) -> int:
        """Return how many units of a fibre are taken."""
        return self.usable.bit_count() - self._free[fibre].bit_count()

    def occupancy(self, fibres: Iterable[FibreT]) -> float:
        """Return the taken fraction of the fullest of `fibres`."""
        return max(self.used_units(fibre) for fibre in fibres) / self.usable.bit_count()

    def _mask(self, channel: Channel) -> int:
        mask = ((1 << channel.width) - 1) << channel.lower if channel.lower >= 0 else 0
        if channel.width <= 0 or not mask or mask & ~self.usable:
            raise SpectrumError(f"{channel} is outside the band")
        return mask


def usable_units(grid: Grid) -> int:
    """Return the mask of the units that the grid's bands hold."""
    return sum(((1 << band.units) - 1) << band.first for band in grid.bands)


@cache
def places(grid: Grid, width_ghz: float) -> int:
    """Return the mask of the lower units at which the grid allows a signal of `width_ghz`."""
    return sum(1 << channel.lower for channel in grid.channels(width_ghz))


def starts(free: int, width: int) -> int:
    """Return the mask of the units at which `width` free units in a row begin (contiguity).

    The run length doubles at each step, so the work is logarithmic in the width.
    """
    run = 1
    while run < width:
        shift = min(run, width - run)
        free &= free >> shift
        run += shift
    return free


def gaps(free: int) -> list[tuple[int, int]]:
    """Return the runs of free units as (first unit, length), lowest first."""
    runs = []
    position = 0
    while free:
        skip = (free & -free).bit_length() - 1
        free >>= skip
        length = (free + 1 & ~free).bit_length() - 1
        runs.append((position + skip, length))
        free >>= length
        position += skip + length
    return runs


def fragmentation(free: int) -> float:
    """Return external fragmentation: 1 - largest gap / all free units; 0 when nothing is free."""
    runs = gaps(free)
    return 1 - max(length for _, length in runs) / free.bit_count() if runs else 0.0
