"""Spectrum, transponders and quality behind the lightpaths: the one allocator of the controller.

Imported only when a request or a restoration needs it, for numpy is slow to import in the emulated
machine. Every path is a demand of its own here, so each copy of a protected lightpath can be moved
alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.constraints import Constraints
from apn_emu.allocation.demands import Demand, Refusal
from apn_emu.allocation.demands import Lightpath as Allocated
from apn_emu.allocation.disjoint import Disjoint, exclusions
from apn_emu.allocation.routes import Fibre, Route
from apn_emu.control.requests import Code, LightpathRequest, Refused
from apn_emu.errors import InputError
from apn_emu.network.model import Link, Network, Node
from apn_emu.optics.grid import Channel, Grid
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.qot import LineSystem, Qot
from apn_emu.planning.lightpaths import TWO_PATHS, Lightpath, Path, end_at
from apn_emu.planning.paths import PathBuilder, beside, lightpath_of, queue_bytes
from apn_emu.planning.plan import Plan


class Resources:
    """What the lightpaths hold and what is free, on the network of a plan."""

    def __init__(self, plan: Plan, lightpaths: Iterable[Lightpath]) -> None:
        self._plan = plan
        network = network_of(plan)
        self._quality = LitSpectrum(LineSystem(network))
        self._allocator = Allocator(
            network,
            grid=Grid(),
            quality=self._quality,
            transponders={place.id: place.transponders for place in plan.terminals},
            seed=plan.seed,
        )
        self._builder = PathBuilder(plan.fibre_by_id, plan.terminal_by_id, plan.equipment)
        self._free_ports = {
            place.id: set(range(1, place.transponders + 1)) for place in plan.terminals
        }
        self._reserved: dict[str, dict[Fibre, int]] = {}
        for lightpath in lightpaths:
            for path in lightpath.paths:
                self.take_over(path)
                for end in path.ends:
                    self._free_ports[end.site].remove(end.line_port)

    def allocate(self, request: LightpathRequest, avoid: Collection[str]) -> Lightpath:
        """Return a lightpath for the request, with all it needs taken, or raise `Refused`.

        `avoid` are nodes and links that cannot be used now.
        """
        wanted = {
            request.source: request.source_port,
            request.destination: request.destination_port,
        }
        for site, port in wanted.items():
            if port is not None and port not in self._free_ports[site]:
                raise Refused(Code.NO_TRANSPONDER, f"transponder {port} of {site} is not free")
        demand = _demand(request, avoid)
        try:
            answer = self._allocator.allocate(demand)
        except InputError as error:
            raise Refused(Code.BAD_REQUEST, str(error)) from error
        if isinstance(answer, Refusal):
            raise Refused(Code(answer.reason), answer.text)
        self._allocator.release(request.id)
        paths: list[Path] = []
        for lit in answer.lightpaths:
            self._allocator.adopt(_path_demand(lit.id, lit, request.rate_bps), lit)
            sites = (lit.source, lit.destination)
            a, b = (end_at(site, self._take_port(site, wanted.pop(site, None))) for site in sites)
            if paths:
                a, b = beside(a, paths[0].a), beside(b, paths[0].b)
            qot = self._quality.qot(lit.id)
            paths.append(self._builder.path(lit.id, a, b, lit, qot, request.rate_bps))
        return lightpath_of(
            paths,
            queue_bytes=queue_bytes(self._plan.equipment, request.rate_bps),
            protection=request.protection,
            disjoint=request.disjoint,
            priority=request.priority,
            remote=request.remote,
        )

    def release(self, lightpath: Lightpath) -> None:
        """Give back all that the paths of a lightpath hold, with their ports."""
        for path in lightpath.paths:
            self.darken(path.id)
            for name in self._names(path.id):
                self.end_reservation(name)
            for end in path.ends:
                self._free_ports[end.site].add(end.line_port)

    def darken(self, path_id: str) -> None:
        """Give back the spectrum of a path, if it holds any; its ports stay taken."""
        if path_id in self._allocator.allocations:
            self._allocator.release(path_id)

    def take_over(self, path: Path) -> None:
        """Take the spectrum of a path as it stands; it must be free."""
        lit = self._allocated(path)
        self._allocator.adopt(_path_demand(path.id, lit, path.rate_bps), lit)

    def fits(self, path: Path) -> bool:
        """Return whether the spectrum of a dark path is free and its light would harm nobody."""
        lit = self._allocated(path)
        spectrum = self._allocator.spectrum
        free = spectrum.free_on(lit.route.both_directions) >> lit.channel.lower
        if free & ((1 << lit.channel.width) - 1) != (1 << lit.channel.width) - 1:
            return False
        found = self._quality.assess(lit.route.links, lit.channel, lit.mode)
        return found.qot.margin_db >= self._quality.min_margin_db and not found.spoiled

    def reroute(self, path: Path, request: LightpathRequest, avoid: Collection[str]) -> Path:
        """Return the path on another route, its old spectrum given back and the new one taken.

        The request's mode and latency limit hold, its route does not. Raises `Refused`, and then
        the path has what it had.
        """
        demand = Demand(
            id=path.id,
            source=path.a.site,
            destination=path.b.site,
            rate_bps=path.rate_bps,
            constraints=Constraints(tuple(sorted(avoid)), max_latency_us=request.max_latency_us),
            mode=request.mode,
        )
        held = path.id in self._allocator.allocations
        self.darken(path.id)
        answer = self._allocator.allocate(demand)
        if isinstance(answer, Refusal):
            if held:
                self.take_over(path)
            raise Refused(Code(answer.reason), answer.text)
        (lit,) = answer.lightpaths
        qot = self._quality.qot(path.id)
        return self._builder.path(path.id, path.a, path.b, lit, qot, path.rate_bps)

    def reserve(self, name: str, path: Path) -> None:
        """Keep what is free of a path's spectrum under a name, once."""
        if name not in self._reserved:
            lit = self._allocated(path)
            fibres = lit.route.both_directions
            self._reserved[name] = self._allocator.spectrum.reserve(fibres, lit.channel)

    def end_reservation(self, name: str) -> None:
        """Give back what was kept under a name, if anything."""
        self._allocator.spectrum.end_reservation(self._reserved.pop(name, {}))

    def apart_from(self, path: Path, disjoint: str) -> set[str]:
        """Return the links and nodes that a path disjoint from this one must not use."""
        finder = self._allocator.finder
        return exclusions(finder, self._allocated(path).route, Disjoint(disjoint))

    def check_mode(self, mode: str, rate_bps: int) -> None:
        """Raise `Refused` if a mode does not carry a rate."""
        most_bps = self._allocator.modes[mode].rate_bps
        if rate_bps > most_bps:
            text = f"{mode} carries {most_bps / 1e9:g}G, not {rate_bps / 1e9:g}G"
            raise Refused(Code.MODE_NOT_FEASIBLE, text)

    def qot(self, path_id: str) -> Qot:
        """Return the present quality of a path that holds spectrum, beside all others."""
        return self._quality.qot(path_id)

    def free_units(self) -> Mapping[tuple[str, str], int]:
        """Return (link, node that sends into it) -> mask of the free units of 6.25 GHz."""
        return {
            (fibre.link, fibre.source): mask
            for fibre, mask in self._allocator.spectrum.free.items()
        }

    def held(self, path_id: str) -> Mapping[tuple[str, str], int]:
        """Return (link, node) -> mask of the units that a path holds or keeps for its return."""
        units: Counter[tuple[str, str]] = Counter()
        if lit := self._allocator.lightpaths.get(path_id):
            mask = ((1 << lit.channel.width) - 1) << lit.channel.lower
            units.update({(fibre.link, fibre.source): mask for fibre in lit.route.both_directions})
        for name in self._names(path_id):
            for fibre, mask in self._reserved[name].items():
                units[fibre.link, fibre.source] += mask
        return units

    def free_transponders(self, site: str) -> int:
        """Return how many transponders of a site are free."""
        return len(self._free_ports[site])

    def _names(self, path_id: str) -> list[str]:
        """Return the names under which spectrum is kept for a path."""
        return [name for name in self._reserved if name.split()[0] == path_id]

    def _take_port(self, site: str, wanted: int | None) -> int:
        port = wanted or min(self._free_ports[site])
        self._free_ports[site].remove(port)
        return port

    def _allocated(self, path: Path) -> Allocated:
        channel = Channel(path.channel_lower, path.channel_width)
        route = Route(path.route, path.fibres, path.length_km)
        return Allocated(path.id, route, channel, self._allocator.modes[path.mode])


def network_of(plan: Plan) -> Network:
    """Return the optical network of a plan."""
    return Network(
        plan.network,
        tuple(Node(roadm.id, roadm.id) for roadm in plan.roadms),
        tuple(Link(f.id, f.a, f.b, f.length_km, f.srlgs) for f in plan.fibres),
    )


def _demand(request: LightpathRequest, avoid: Collection[str]) -> Demand:
    return Demand(
        id=request.id,
        source=request.source,
        destination=request.destination,
        rate_bps=request.rate_bps,
        constraints=Constraints(tuple(sorted(avoid)), max_latency_us=request.max_latency_us),
        protected=request.protection in TWO_PATHS,
        disjoint=Disjoint(request.disjoint),
        mode=request.mode,
        route=request.route,
    )


def _path_demand(name: str, lit: Allocated, rate_bps: float) -> Demand:
    return Demand(name, lit.source, lit.destination, rate_bps)
