"""Where a new lightpath goes: candidate routes x modes x places, in the policy's order."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from apn_emu.allocation.demands import Attempt, Demand, Reason
from apn_emu.allocation.mode_choice import slot_ghz
from apn_emu.allocation.policies import Policy, RouteChoice, choose, lowest, use_of_units
from apn_emu.allocation.quality import Quality
from apn_emu.allocation.routes import Fibre, Route
from apn_emu.allocation.spectrum import Spectrum, gaps, places, starts
from apn_emu.optics.grid import Channel, Grid
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.qot import Qot

PLACES_TRIED = 8
"""Places in the spectrum whose quality is computed on a route and mode before the next is tried."""


@dataclass(frozen=True)
class Placement:
    """A route, mode and channel that can be lit now."""

    route: Route
    mode: TransceiverMode
    channel: Channel
    quality: Qot | None


class Placer:
    """Chooses placements on a spectrum that it reads and never changes."""

    def __init__(
        self,
        spectrum: Spectrum[Fibre],
        grid: Grid,
        policy: Policy,
        quality: Quality | None,
        latency_us: Callable[[Route], float],
        seed: int,
    ) -> None:
        self.spectrum = spectrum
        self.grid = grid
        self.policy = policy
        self.quality = quality
        self.latency_us = latency_us
        self._rng = random.Random(seed)

    def place(
        self,
        demand: Demand,
        routes: Sequence[Route],
        modes: Sequence[TransceiverMode],
        attempts: list[Attempt],
    ) -> Placement | None:
        """Return the first placement that can be lit; each miss is added to `attempts`."""
        for route, mode, possible, width in self._candidates(demand, routes, modes, attempts):
            for _ in range(PLACES_TRIED):
                if not possible:
                    break
                lower = self._choose(route, possible, width)
                possible &= ~(1 << lower)
                channel = Channel(lower, width)
                placement = self._check(demand, route, mode, channel, attempts)
                if placement is not None:
                    return placement
        return None

    def _candidates(
        self,
        demand: Demand,
        routes: Sequence[Route],
        modes: Sequence[TransceiverMode],
        attempts: list[Attempt],
    ) -> Iterator[tuple[Route, TransceiverMode, int, int]]:
        """Yield route, mode, mask of possible places and width in units, in the policy's order."""
        if self.policy.route is RouteChoice.LOAD:
            routes = sorted(routes, key=lambda route: self.spectrum.occupancy(route.fibres))
        found = (
            (route, mode, *self._possible(demand, route, mode, attempts))
            for route in routes
            for mode in modes
            if self._fast_enough(demand, route, mode, attempts)
        )
        with_room = (candidate for candidate in found if candidate[2])
        if self.policy.route is RouteChoice.LOWEST:
            return iter(sorted(with_room, key=lambda candidate: lowest(candidate[2])))
        return with_room

    def _fast_enough(
        self, demand: Demand, route: Route, mode: TransceiverMode, attempts: list[Attempt]
    ) -> bool:
        """Return whether route and transceivers keep the latency limit, else note by how much."""
        limit_us = demand.constraints.max_latency_us
        latency_us = self.latency_us(route) + mode.latency_us
        if limit_us is None or latency_us <= limit_us:
            return True
        text = f"{latency_us:.1f} us with {mode.name}, at most {limit_us:.1f} us are allowed"
        numbers = {"latency_us": latency_us, "max_latency_us": limit_us}
        reason = Reason.NO_PATH_WITH_CONSTRAINT
        attempts.append(Attempt(reason, text, route, mode.name, None, numbers))
        return False

    def _possible(
        self, demand: Demand, route: Route, mode: TransceiverMode, attempts: list[Attempt]
    ) -> tuple[int, int]:
        """Return the mask of the places with room on the route, and the width in units."""
        width_ghz = slot_ghz(demand, mode, self.grid)
        assert width_ghz is not None, "modes_for left out the modes that do not fit"
        free = self.spectrum.free_on(route.both_directions)
        if demand.channel is not None:
            width = demand.channel.width
            possible = starts(free, width) & 1 << demand.channel.lower
        else:
            width = self.grid.slot_units(width_ghz)
            possible = starts(free, width) & places(self.grid, width_ghz)
        if not possible:
            largest = max((length for _, length in gaps(free)), default=0)
            numbers = {
                "needed_units": width,
                "free_units": free.bit_count(),
                "largest_gap_units": largest,
            }
            where = f" at {demand.channel.centre_thz:.9g} THz" if demand.channel else ""
            text = (
                f"no room for {width * 6.25:g} GHz{where}: {free.bit_count() * 6.25:g} GHz are free"
                f" on all fibres, at most {largest * 6.25:g} GHz in a row"
            )
            attempts.append(
                Attempt(Reason.NO_SPECTRUM, text, route, mode.name, demand.channel, numbers)
            )
        return possible, width

    def _choose(self, route: Route, possible: int, width: int) -> int:
        def use() -> list[int]:
            return use_of_units(self.spectrum.free.values(), self.spectrum.usable)

        free = self.spectrum.free_on(route.both_directions)
        return choose(self.policy.place, possible, free, width, self._rng, use)

    def _check(
        self,
        demand: Demand,
        route: Route,
        mode: TransceiverMode,
        channel: Channel,
        attempts: list[Attempt],
    ) -> Placement | None:
        """Return the placement if its quality and its neighbours' suffice, else note why not."""
        if self.quality is None:
            return Placement(route, mode, channel, None)
        found = self.quality.assess(route.links, channel, mode)
        floor_db, qot = self.quality.min_margin_db, found.qot
        if qot.margin_db < floor_db:
            reason = Reason.MODE_NOT_FEASIBLE if demand.mode else Reason.NO_FEASIBLE_MODE
            numbers: dict[str, float | str] = {
                "gsnr_bw_db": qot.gsnr_bw_db,
                "required_gsnr_bw_db": mode.required_gsnr_bw_db,
                "min_margin_db": floor_db,
            }
            text = (
                f"GSNR {qot.gsnr_bw_db:.2f} dB, {mode.name} needs {mode.required_gsnr_bw_db:.2f} dB"
                f" and {floor_db:g} dB of margin"
            )
        elif found.spoiled:
            reason = Reason.EXISTING_LIGHTPATH_HARMED
            harmed, left_db = found.spoiled[0]
            numbers = {"lightpath": str(harmed), "left_db": left_db, "min_margin_db": floor_db}
            text = f"would leave {harmed} {left_db:.2f} dB of margin, {floor_db:g} dB are required"
        else:
            return Placement(route, mode, channel, qot)
        attempts.append(Attempt(reason, text, route, mode.name, channel, numbers))
        return None
