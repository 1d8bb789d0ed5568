"""The allocator: the one state of all lightpaths, their spectrum, transponders and free capacity.

`allocate` takes everything a demand needs or, refusing, nothing; `release` gives back exactly what
was taken. Nothing here reads a clock: what is lit stays lit until it is released.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import count

from apn_emu.allocation.candidates import RouteSets, candidate_sets
from apn_emu.allocation.constraints import fibre_latency_us
from apn_emu.allocation.demands import Allocation, Attempt, Demand, Lightpath, Reason, Refusal
from apn_emu.allocation.grooming import ridden_paths
from apn_emu.allocation.mode_choice import modes_for
from apn_emu.allocation.placement import Placement, Placer
from apn_emu.allocation.policies import Policy
from apn_emu.allocation.quality import Quality
from apn_emu.allocation.refusing import decisive, refusal
from apn_emu.allocation.routes import Fibre, Order, Route, RouteFinder
from apn_emu.allocation.spectrum import Spectrum, usable_units
from apn_emu.network.model import Network
from apn_emu.optics.grid import Grid
from apn_emu.optics.modes import TransceiverMode, default_modes


class Allocator:
    """Lights and darkens lightpaths on a network. All arguments are read once.

    `k` candidate routes in `order` are tried by `policy`; `quality` (a `LitSpectrum`) refuses what
    would leave a new or a lit path too little GSNR, without it any reach is assumed;
    `transponders` limits the lightpath ends of sites; `latency_us` is a route's one-way
    latency without transceivers, by default fibre and ROADMs.
    """

    def __init__(
        self,
        network: Network,
        *,
        grid: Grid | None = None,
        modes: Mapping[str, TransceiverMode] | None = None,
        policy: Policy | None = None,
        k: int = 5,
        order: Order = Order.KM,
        quality: Quality | None = None,
        transponders: Mapping[str, int] | None = None,
        latency_us: Callable[[Route], float] | None = None,
        seed: int = 0,
    ) -> None:
        self.network = network
        self.k = k
        self.finder = RouteFinder(network, order)
        grid = grid or Grid()
        fibres = [Fibre(link.id, node) for link in network.links for node in (link.a, link.b)]
        self.spectrum = Spectrum(fibres, usable_units(grid))
        self.grid = grid
        self.modes = default_modes() if modes is None else modes
        self.quality = quality
        self._latency_us = latency_us or (lambda route: fibre_latency_us(self.finder, route))
        self.placer = Placer(
            spectrum=self.spectrum,
            grid=grid,
            policy=policy or Policy(),
            quality=quality,
            latency_us=self._latency_us,
            seed=seed,
        )
        self.transponders = dict(transponders or {})
        self.lightpaths: dict[str, Lightpath] = {}
        self.allocations: dict[str, Allocation] = {}
        self._carried: dict[str, dict[str, float]] = {}  # lightpath -> demand -> bit/s
        self._ends: Counter[str] = Counter()

    def free_bps(self, lightpath: str) -> float:
        """Return the client rate that a lit path could still carry."""
        return self.lightpaths[lightpath].mode.rate_bps - sum(self._carried[lightpath].values())

    def ends_used(self, node: str) -> int:
        """Return how many transponders of a site are in use."""
        return self._ends[node]

    def allocate(self, demand: Demand) -> Allocation | Refusal:
        """Light what the demand needs, or change nothing and say why not.

        Raises `InputError` for nodes, links, modes or routes that do not exist and `ValueError`
        for an id that is in use.
        """
        if demand.id in self.allocations:
            raise ValueError(f"demand {demand.id!r} is already served")
        attempts: list[Attempt] = []
        if demand.groom and (ridden := self._groom(demand, attempts)):
            allocation = Allocation(demand, (), tuple(attempts), ridden)
            self.allocations[demand.id] = allocation
            return allocation
        modes, misfit = modes_for(demand, self.modes, self.grid)
        if misfit is not None:
            return refusal(demand, misfit, [*attempts, misfit])
        sets = candidate_sets(self.finder, demand, self.k, self._latency_us)
        attempts += sets.rejected
        if sets.refusal is not None:
            return refusal(demand, sets.refusal, [*attempts, sets.refusal])
        lit: list[Lightpath] = []
        for _ in range(demand.count):
            before = len(attempts)
            lightpaths = self._light_one(demand, sets, modes, attempts)
            if not lightpaths:
                for lightpath in reversed(lit):
                    self._darken(lightpath)
                return refusal(demand, decisive(attempts[before:]), attempts)
            lit += lightpaths
        allocation = Allocation(demand, tuple(lit), tuple(attempts))
        self.allocations[demand.id] = allocation
        return allocation

    def adopt(self, demand: Demand, lightpath: Lightpath) -> None:
        """Take over a lightpath that was allocated before, as lit: nothing is checked or chosen.

        Raises `ValueError` if its id is in use or its spectrum is not free; then nothing changes.
        """
        if demand.id in self.allocations or lightpath.id in self.lightpaths:
            raise ValueError(f"lightpath {lightpath.id!r} is lit already")
        self._light(demand, lightpath)
        self.allocations[demand.id] = Allocation(demand, (lightpath,), ())

    def release(self, demand_id: str) -> tuple[Lightpath, ...]:
        """Give back what the demand holds and return the lightpaths that went dark with it.

        A lightpath stays lit while another demand rides on it. Raises `KeyError` if not served.
        """
        allocation = self.allocations.pop(demand_id)
        held = {lightpath.id for lightpath in allocation.lightpaths}.union(allocation.groomed)
        dark = []
        for lightpath in sorted(held):
            del self._carried[lightpath][demand_id]
            if not self._carried[lightpath]:
                dark.append(self.lightpaths[lightpath])
                self._darken(self.lightpaths[lightpath])
        return tuple(dark)

    def _light_one(
        self,
        demand: Demand,
        sets: RouteSets,
        modes: Sequence[TransceiverMode],
        attempts: list[Attempt],
    ) -> list[Lightpath]:
        """Light one lightpath, with the one that protects it; return nothing lit on failure."""
        if missing := self._missing_transponder(demand):
            attempts.append(missing)
            return []
        name = self._unused_name(demand.id)
        for working_routes, standby_routes in sets.choices:
            lit: list[Lightpath] = []
            for routes in filter(None, (working_routes, standby_routes)):
                placement = self.placer.place(demand, routes, modes, attempts)
                if placement is None:
                    break
                lit.append(self._light(demand, _lightpath(name, placement, protects=bool(lit))))
            else:
                attempts += [
                    Attempt(None, f"lit as {path.id}", path.route, path.mode.name, path.channel)
                    for path in lit
                ]
                return lit
            for lightpath in reversed(lit):
                self._darken(lightpath)
        return []

    def _missing_transponder(self, demand: Demand) -> Attempt | None:
        needed = 2 if demand.protected else 1
        for node in (demand.source, demand.destination):
            limit, used = self.transponders.get(node), self._ends[node]
            if limit is not None and used + needed > limit:
                text = f"{node} has {limit} transponders, {used} are in use, {needed} are needed"
                numbers = {"transponders": limit, "used": used, "needed": needed}
                return Attempt(Reason.NO_TRANSPONDER, text, numbers=numbers)
        return None

    def _unused_name(self, demand_id: str) -> str:
        """Return `id`, `id#2`, ...: a released demand's lightpath may still carry another."""
        names = (demand_id if number == 1 else f"{demand_id}#{number}" for number in count(1))
        return next(name for name in names if name not in self.lightpaths)

    def _light(self, demand: Demand, lightpath: Lightpath) -> Lightpath:
        route, name = lightpath.route, lightpath.id
        self.spectrum.take(route.both_directions, lightpath.channel)
        if self.quality is not None:
            self.quality.light(name, route.links, lightpath.channel, lightpath.mode)
        self.lightpaths[name] = lightpath
        self._carried[name] = {demand.id: demand.rate_bps}
        self._ends.update((lightpath.source, lightpath.destination))
        return lightpath

    def _darken(self, lightpath: Lightpath) -> None:
        self.spectrum.give_back(lightpath.route.both_directions, lightpath.channel)
        if self.quality is not None:
            self.quality.darken(lightpath.id)
        self._ends.subtract((lightpath.source, lightpath.destination))
        del self.lightpaths[lightpath.id], self._carried[lightpath.id]

    def _groom(self, demand: Demand, attempts: list[Attempt]) -> tuple[str, ...]:
        """Ride on a lit path, and on the one that protects it if asked; return nothing if none."""
        ridden = ridden_paths(
            demand,
            self.lightpaths,
            self.free_bps,
            lambda path: self._latency_us(path.route) + path.mode.latency_us,
            attempts,
        )
        for lightpath in ridden:
            self._carried[lightpath][demand.id] = demand.rate_bps
            route = self.lightpaths[lightpath].route
            attempts.append(Attempt(None, f"rides on {lightpath}", route))
        return ridden


def _lightpath(name: str, placement: Placement, protects: bool) -> Lightpath:
    return Lightpath(
        id=f"{name}/protection" if protects else name,
        route=placement.route,
        channel=placement.channel,
        mode=placement.mode,
        qot=placement.quality,
        protects=name if protects else None,
    )
