"""Quality of transmission of lightpaths over a network's lines.

`LineSystem` designs every link once (amplifiers, powers) and answers for a route and a lit
spectrum. Sections are tabulated at first use; after that a lightpath's GSNR is a few look-ups for
each lit channel. The allocator, which adds and removes lightpaths all the time, keeps a
`lit.LitSpectrum` instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.optics.design import LinkDesign, place_spans
from apn_emu.optics.equipment import Equipment, default_equipment
from apn_emu.optics.fibre import Floats
from apn_emu.optics.grid import Channel, Grid
from apn_emu.optics.latency import LatencyBudget, lightpath_latency
from apn_emu.optics.line import OSNR_BANDWIDTH_HZ, from_db, to_db
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.section import Kind, Section, position

Lit = tuple[Channel, TransceiverMode]
"""A lit channel and the mode that lights it."""


@dataclass(frozen=True)
class Qot:
    """Quality of a lightpath at its receiver, transceiver and add/drop noise included, in dB.

    `_bw`: in the symbol-rate bandwidth; `_01nm`: in 12.5 GHz. `osnr` counts ASE and the noise of
    the ends but no NLI; `snr_nli` only the NLI of the line, in the symbol-rate bandwidth.
    `margin_db` is the GSNR above what the mode requires.
    """

    gsnr_bw_db: float
    gsnr_01nm_db: float
    osnr_01nm_db: float
    snr_nli_db: float
    margin_db: float


@dataclass(frozen=True)
class PathNoise:
    """Noise of a lightpath's line as sums over its sections: see `section`.

    `ase` and `nli` are sums of ln(1 + ASE / P) and of NLI / P; `spans` the number of spans.
    """

    ase: float
    nli: float
    spans: int

    @property
    def noise_to_signal(self) -> float:
        """1/GSNR of the line: -ln(1 - x) of each span is x + x^2/2, taken for equal spans."""
        return math.expm1(self.ase + self.nli + self.nli**2 / (2 * self.spans))


def full_grid(mode: TransceiverMode, grid: Grid) -> Grid:
    """Return the fixed grid of a full load: for a flexible one, slots of the mode's spacing."""
    return Grid(grid.spacing_ghz or mode.min_spacing_ghz, grid.bands)


class LineSystem:
    """The lines of a network: sections by link id, designed automatically or as `designs` says.

    Raises one `InputError` that lists every design that does not fit its link. A section stands for
    both directions of its fibre pair: mirrored spans give the same noise within 0.02 dB.
    """

    def __init__(
        self,
        network: Network,
        equipment: Equipment | None = None,
        designs: Mapping[str, LinkDesign] | None = None,
    ) -> None:
        self.network = network
        self.equipment = equipment or default_equipment()
        self._sections: dict[str, Section] = {}
        problems: list[Problem] = []
        for link_id, design in (designs or {}).items():
            link = network.link_by_id.get(link_id)
            if link is None:
                remedy = f"it has {', '.join(network.link_by_id)}"
                message = f"network {network.name} has no link {link_id}"
                problems.append(Problem(None, None, link_id, message, remedy))
                continue
            try:
                spans = place_spans(link.length_km, self.equipment, design)
            except ValueError as error:
                problems.append(Problem(None, None, link_id, str(error)))
            else:
                self._sections[link_id] = Section(spans, self.equipment)
        if problems:
            raise InputError(problems)

    def section(self, link_id: str) -> Section:
        """Return the section of a link."""
        if link_id not in self._sections:
            spans = place_spans(self.network.link_by_id[link_id].length_km, self.equipment)
            self._sections[link_id] = Section(spans, self.equipment)
        return self._sections[link_id]

    def gsnr(
        self,
        route_links: Sequence[str],
        channel: Channel,
        mode: TransceiverMode,
        lit_by_link: Mapping[str, Iterable[Lit]],
    ) -> Qot:
        """Return a lightpath's quality with the other channels lit on each link of its route.

        The lightpath itself is counted whether or not it stands in `lit_by_link`; a link that is
        not in the mapping is otherwise dark.
        """
        kind = Kind(mode.baud_hz, channel.width_ghz)
        here = position(channel)
        ase = nli = 0.0
        spans = 0
        for link_id in route_links:
            section = self.section(link_id)
            profile = section.profile(kind)
            spans += len(section.spans)
            ase += profile.ase[here]
            at_link = section.interference(kind, kind)[0] * profile.weight[here]
            for other, other_mode in lit_by_link.get(link_id, ()):
                if other == channel:
                    continue
                other_kind = Kind(other_mode.baud_hz, other.width_ghz)
                there = position(other)
                at_link += (
                    section.interference(kind, other_kind)[abs(there - here)]
                    * section.profile(other_kind).weight[there]
                )
            nli += at_link * profile.gamma2[here]
        return self.qot(PathNoise(float(ase), float(nli), spans), mode)

    def full_load_gsnr_bw_db(
        self, route_links: Sequence[str], mode: TransceiverMode, grid: Grid
    ) -> Floats:
        """Return the GSNR of every channel of `full_grid(mode, grid)`, all of them lit, (n,)."""
        ase, nli, spans = self._full_load(route_links, mode, grid)
        line = np.expm1(ase + nli + nli**2 / (2 * spans))
        return -to_db(line + self.noise_of_ends(mode))

    def full_load_qot(
        self,
        route_links: Sequence[str],
        mode: TransceiverMode,
        grid: Grid,
        channel: Channel | None = None,
    ) -> Qot:
        """Return the quality of `channel` when the whole grid is lit with this mode.

        Without a channel: of the worst one. More channels of this kind cannot harm a lightpath that
        works here, so a plan made with this figure needs no check when the network fills up.
        """
        ase, nli, spans = self._full_load(route_links, mode, grid)
        if channel is None:
            index = int(np.argmax(ase + nli))
        else:
            index = full_grid(mode, grid).channels().index(channel)
        return self.qot(PathNoise(float(ase[index]), float(nli[index]), spans), mode)

    def qot(self, noise: PathNoise, mode: TransceiverMode) -> Qot:
        """Return the quality at the receiver, given the noise of the line."""
        ends = self.noise_of_ends(mode)
        line = noise.noise_to_signal
        line_ase = line * noise.ase / (noise.ase + noise.nli)
        to_01nm_db = 10 * math.log10(mode.baud_hz / OSNR_BANDWIDTH_HZ)
        gsnr_bw_db = -10 * math.log10(line + ends)
        return Qot(
            gsnr_bw_db=gsnr_bw_db,
            gsnr_01nm_db=gsnr_bw_db + to_01nm_db,
            osnr_01nm_db=-10 * math.log10(line_ase + ends) + to_01nm_db,
            snr_nli_db=-10 * math.log10(line - line_ase),
            margin_db=gsnr_bw_db + to_01nm_db - mode.required_osnr_01nm_db,
        )

    def noise_of_ends(self, mode: TransceiverMode) -> float:
        """Return noise to signal of transmitter, add and drop, in the symbol-rate bandwidth."""
        bandwidth = mode.baud_hz / OSNR_BANDWIDTH_HZ
        return mode.tx_noise + float(from_db(-self.equipment.add_drop_osnr_01nm_db)) * bandwidth

    def latency(self, route_links: Sequence[str], mode: TransceiverMode) -> LatencyBudget:
        """Return the one-way latency of a lightpath over a route."""
        sections = [self.section(link_id) for link_id in route_links]
        return lightpath_latency(
            [section.length_km for section in sections],
            [section.amplifiers for section in sections],
            mode,
        )

    def _full_load(
        self, route_links: Sequence[str], mode: TransceiverMode, grid: Grid
    ) -> tuple[Floats, Floats, int]:
        full = full_grid(mode, grid)
        kind = Kind(mode.baud_hz, grid.spacing_ghz or mode.min_spacing_ghz)
        sections = [self.section(link_id) for link_id in route_links]
        loads = [section.full_load(kind, full) for section in sections]
        ase: Floats = np.sum([load[0] for load in loads], axis=0)
        nli: Floats = np.sum([load[1] for load in loads], axis=0)
        return ase, nli, sum(len(section.spans) for section in sections)
