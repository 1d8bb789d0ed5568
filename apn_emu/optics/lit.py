"""The lit spectrum of a network, kept up to date while lightpaths come and go.

Every lightpath's interference is a sum over the channels that share a fibre with it, so lighting or
darkening one changes only its neighbours' sums. They are whole multiples of 2^-52: integers add in
any order and subtract exactly, so a released lightpath leaves no trace in the others' noise.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from apn_emu.optics.fibre import Floats
from apn_emu.optics.grid import Channel
from apn_emu.optics.lit_channels import Integers, LitChannels
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.qot import LineSystem, PathNoise, Qot
from apn_emu.optics.section import Kind, position

_SCALE = 2.0**52


@dataclass(frozen=True)
class Assessment:
    """What lighting a lightpath would do: its own quality, and which lit ones it would spoil.

    `spoiled` holds the lightpaths that have the required margin now and would lose it, each with
    the margin that would be left to it, worst first.
    """

    qot: Qot
    spoiled: tuple[tuple[Hashable, float], ...]


class _Lightpath(NamedTuple):
    route: tuple[Hashable, ...]
    channel: Channel
    mode: TransceiverMode

    @property
    def kind(self) -> Kind:
        return Kind(self.mode.baud_hz, self.channel.width_ghz)


class _Encounter(NamedTuple):
    """What a lightpath and the lit ones do to each other on every fibre, in units of 2^-52.

    `slots` and `to_others` hold, for every fibre and kind met there, the slots of the lit
    lightpaths and the interference that each would get.
    """

    ase: float
    spans: int
    nli: int
    slots: list[Integers]
    to_others: list[Integers]


class LitSpectrum:
    """Lit lightpaths and their noise, fibre by fibre.

    `fibres` maps each fibre, by any key, to the id of its link. By default a link is one fibre,
    which suits lightpaths that use the same channel both ways; give a link two keys where its
    directions carry different channels. `min_margin_db` is what every lightpath must keep.
    Spectrum is not checked for overlap here: that is the allocator's.
    """

    def __init__(
        self,
        system: LineSystem,
        min_margin_db: float = 0.0,
        fibres: Mapping[Hashable, str] | None = None,
    ) -> None:
        self.system = system
        self.min_margin_db = min_margin_db
        self._link_of = fibres or {link.id: link.id for link in system.network.links}
        self._fibres: dict[Hashable, dict[Kind, LitChannels]] = {key: {} for key in self._link_of}
        self._lit: dict[Hashable, tuple[_Lightpath, int, float, int]] = {}
        self._keys: list[Hashable] = []
        self._free: list[int] = []
        self._nli: Integers = np.zeros(0, dtype=np.int64)
        self._limit: Integers = np.zeros(0, dtype=np.int64)
        self._delta: Integers = np.zeros(0, dtype=np.int64)
        self._last: tuple[_Lightpath, _Encounter] | None = None

    def __len__(self) -> int:
        return len(self._lit)

    def assess(
        self, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> Assessment:
        """Return the quality of a lightpath on these fibres beside all lit ones, and its harm.

        Raises `KeyError` for an unknown fibre.
        """
        lightpath = _Lightpath(tuple(route), channel, mode)
        met = self._meet(lightpath)
        noise = PathNoise(met.ase, met.nli / _SCALE, met.spans)
        return Assessment(self.system.qot(noise, mode), self._spoiled(met))

    def light(
        self, key: Hashable, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> None:
        """Light a lightpath whatever it spoils; raise `ValueError` when `key` is lit already."""
        if key in self._lit:
            raise ValueError(f"lightpath {key!r} is lit already")
        lightpath = _Lightpath(tuple(route), channel, mode)
        met = self._meet(lightpath)
        for slots, added in zip(met.slots, met.to_others, strict=True):
            self._nli[slots] += added
        slot = self._take_slot(key)
        self._lit[key] = (lightpath, slot, met.ase, met.spans)
        self._nli[slot] = met.nli
        self._limit[slot] = self._nli_limit(mode, met)
        kind, here = lightpath.kind, position(channel)
        for fibre in lightpath.route:
            profile = self.system.section(self._link_of[fibre]).profile(kind)
            self._fibres[fibre].setdefault(kind, LitChannels()).add(
                here, float(profile.weight[here]), float(profile.gamma2[here] * _SCALE), slot
            )
        self._last = None

    def darken(self, key: Hashable) -> None:
        """Put a lightpath out; its neighbours lose exactly the noise that it gave them."""
        lightpath, slot, _, _ = self._lit.pop(key)
        for fibre in lightpath.route:
            self._fibres[fibre][lightpath.kind].remove(slot)
        self._last = None
        # What two lightpaths do to each other depends on no third: these are the numbers added
        met = self._meet(lightpath)
        for slots, added in zip(met.slots, met.to_others, strict=True):
            self._nli[slots] -= added
        self._free.append(slot)
        self._last = None

    def qot(self, key: Hashable) -> Qot:
        """Return the present quality of a lit lightpath."""
        return self.system.qot(self.noise(key), self._lit[key][0].mode)

    def noise(self, key: Hashable) -> PathNoise:
        """Return the present noise of a lit lightpath's line."""
        _, slot, ase, spans = self._lit[key]
        return PathNoise(ase, int(self._nli[slot]) / _SCALE, spans)

    def _meet(self, lightpath: _Lightpath) -> _Encounter:
        """Return what the lightpath and the lit ones do to each other; kept until that changes."""
        if self._last is not None and self._last[0] == lightpath:
            return self._last[1]
        kind, here = lightpath.kind, position(lightpath.channel)
        ase, nli, spans = 0.0, 0, 0
        slots: list[Integers] = []
        to_others: list[Integers] = []
        for fibre in lightpath.route:
            section = self.system.section(self._link_of[fibre])
            profile = section.profile(kind)
            weight, gamma2 = profile.weight[here], profile.gamma2[here] * _SCALE
            ase += float(profile.ase[here])
            spans += len(section.spans)
            nli += round(float(section.interference(kind, kind)[0] * weight * gamma2))
            for other, lit in self._fibres[fibre].items():
                if lit.count:
                    distance = np.abs(lit.position[: lit.count] - here)
                    to_us = section.interference(kind, other)[distance]
                    nli += int(_whole(to_us * lit.weight[: lit.count] * gamma2).sum())
                    to_them = section.interference(other, kind)[distance]
                    to_others.append(_whole(to_them * weight * lit.gamma2[: lit.count]))
                    slots.append(lit.slot[: lit.count].copy())
        met = _Encounter(ase, spans, nli, slots, to_others)
        self._last = (lightpath, met)
        return met

    def _spoiled(self, met: _Encounter) -> tuple[tuple[Hashable, float], ...]:
        """Return who would pass the limit; a neighbour on several fibres is hit on each."""
        for slots, added in zip(met.slots, met.to_others, strict=True):
            self._delta[slots] += added
        over: dict[int, int] = {}
        for slots in met.slots:
            now, limit = self._nli[slots], self._limit[slots]
            after = now + self._delta[slots]
            for index in np.flatnonzero((now <= limit) & (after > limit)).tolist():
                over[int(slots[index])] = int(after[index])
        for slots in met.slots:
            self._delta[slots] = 0
        spoiled = []
        for slot, after_nli in over.items():
            lightpath, _, ase, spans = self._lit[self._keys[slot]]
            noise = PathNoise(ase, after_nli / _SCALE, spans)
            spoiled.append((self._keys[slot], self.system.qot(noise, lightpath.mode).margin_db))
        return tuple(sorted(spoiled, key=lambda pair: pair[1]))

    def _nli_limit(self, mode: TransceiverMode, met: _Encounter) -> int:
        """Return the NLI sum that leaves just the required margin: `PathNoise`, inverted."""
        required_db = mode.required_gsnr_bw_db + self.min_margin_db
        line = 10 ** (-required_db / 10) - self.system.noise_of_ends(mode)
        left = math.log1p(max(line, 0.0)) - met.ase
        if left <= 0:
            return -1
        return int(met.spans * (math.sqrt(1 + 2 * left / met.spans) - 1) * _SCALE)

    def _take_slot(self, key: Hashable) -> int:
        if not self._free:
            size = len(self._keys)
            grown = max(64, size)
            self._free.extend(range(size + grown - 1, size - 1, -1))
            self._keys.extend([None] * grown)
            pad = np.zeros(grown, dtype=np.int64)
            self._nli = np.concatenate((self._nli, pad))
            self._limit = np.concatenate((self._limit, pad))
            self._delta = np.concatenate((self._delta, pad))
        slot = self._free.pop()
        self._keys[slot] = key
        return slot


def _whole(values: Floats) -> Integers:
    return np.rint(values).astype(np.int64)
