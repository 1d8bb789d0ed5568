"""What a blocking simulation is run on: network, slots, modulation by reach, candidate routes."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from apn_emu.allocation.assigners import Choice, choice
from apn_emu.allocation.policies import Policy
from apn_emu.allocation.routes import Fibre, Order, Route, RouteFinder
from apn_emu.network.model import Network
from apn_emu.optics.modes import TransceiverMode

Ties = Literal["spread", "km"]


@dataclass(frozen=True)
class Modulation:
    """A format that reaches `reach_km` and carries `bits_per_symbol` in each slot's bandwidth."""

    name: str
    reach_km: float
    bits_per_symbol: int


XLRON_MODULATIONS = (
    Modulation("16QAM", 625.0, 4),
    Modulation("8QAM", 1250.0, 3),
    Modulation("QPSK", 2500.0, 2),
    Modulation("BPSK", math.inf, 1),
)
"""The table of DeepRMSA (JLT 37, 2019) and XLRON: half the reach, one bit more."""


def parse_modulations(text: str) -> tuple[Modulation, ...]:
    """Return the formats of `NAME:REACH_KM:BITS,...`; `ValueError` says what is wrong."""
    formats = []
    for part in text.split(","):
        try:
            name, reach_km, bits = part.split(":")
            formats.append(Modulation(name, float(reach_km), int(bits)))
        except ValueError:
            raise ValueError(f"{part!r} is not NAME:REACH_KM:BITS_PER_SYMBOL") from None
        if formats[-1].reach_km <= 0 or formats[-1].bits_per_symbol < 1:
            raise ValueError(f"{part!r}: reach and bits are above 0")
    return tuple(formats)


def parse_rates(text: str) -> tuple[int, ...]:
    """Return the rates in Gbit/s of `100,200,400` or `25:100:1` (last one included)."""
    rates: list[int] = []
    for part in text.split(","):
        try:
            numbers = [int(number) for number in part.split(":")]
        except ValueError:
            raise ValueError(f"{part!r} is not a rate in whole Gbit/s") from None
        if len(numbers) == 3 and numbers[2] > 0:
            numbers = list(range(numbers[0], numbers[1] + 1, numbers[2]))
        elif len(numbers) != 1:
            raise ValueError(f"{part!r} is not FIRST:LAST:STEP")
        rates += numbers
    if not rates or min(rates) <= 0:
        raise ValueError("rates are whole numbers above 0 Gbit/s")
    return tuple(rates)


@dataclass(frozen=True)
class Candidate:
    """A route of a simulation: the fibres it takes, its hops and its bits per symbol."""

    fibres: tuple[int, ...]
    hops: int
    bits_per_symbol: int
    route: Route


@dataclass(frozen=True)
class BlockingModel:
    """A network and the rules by which requests are served.

    `slots` of `slot_ghz` on each fibre. A request of r Gbit/s takes ceil(r / (slot_ghz x bits per
    symbol)) slots and `guard_slots` more, or `demand_slots` whatever its rate. `shared`: both
    directions of a link are one spectrum and pairs have no direction; else each is its own.

    Order `km`: the `k` shortest routes, tried in that order. Order `hops`: the `k` routes with the
    fewest hops, tried by hops / bits per symbol. `ties` ranks routes of equal hops: `km` takes the
    shorter, `spread` an arbitrary but fixed one (by SHA-256 of the route), which spreads the load:
    blocking on NSFNET is 10 to 15 % lower.

    With `modes`, quality of transmission decides instead of `modulations`: slots must be units of
    6.25 GHz, a request takes the narrowest mode of its rate whose GSNR keeps `min_margin_db` beside
    everything lit, and none is served that would spoil another (`optics.lit`).
    """

    network: Network
    policy: Policy = field(default_factory=Policy)
    k: int = 5
    order: Order = Order.HOPS
    ties: Ties = "spread"
    slots: int = 100
    slot_ghz: float = 12.5
    guard_slots: int = 1
    demand_slots: int | None = None
    modulations: tuple[Modulation, ...] = XLRON_MODULATIONS
    rates_gbps: tuple[int, ...] = tuple(range(25, 101))
    shared: bool = False
    modes: tuple[TransceiverMode, ...] = ()
    min_margin_db: float = 0.0

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """Pairs of nodes that requests are drawn from, with equal probability."""
        pairing = itertools.combinations if self.shared else itertools.permutations
        return list(pairing([node.id for node in self.network.nodes], 2))

    @property
    def fibres(self) -> list[Fibre]:
        """What holds a spectrum of its own: directions of links, or links when shared."""
        ends = [(link.id, node) for link in self.network.links for node in (link.a, link.b)]
        return [Fibre(*end) for end in (ends[::2] if self.shared else ends)]

    def width(self, rate_gbps: float, bits_per_symbol: int) -> int:
        """Return the slots that a request takes."""
        if self.demand_slots is not None:
            return self.demand_slots
        return math.ceil(rate_gbps / (self.slot_ghz * bits_per_symbol)) + self.guard_slots

    def choices(self, candidate: Candidate, rate_gbps: int) -> list[Choice]:
        """Return the ways to serve a rate on a candidate route, the narrowest first."""
        if not self.modes:
            return [choice(candidate.fibres, self.width(rate_gbps, candidate.bits_per_symbol))]
        fast = [mode for mode in self.modes if mode.rate_bps >= rate_gbps * 1e9]
        fast.sort(key=lambda mode: (mode.min_spacing_ghz, mode.power_w, mode.name))
        return [
            choice(candidate.fibres, math.ceil(mode.min_spacing_ghz / 12.5) * 2, mode)
            for mode in fast
        ]

    def candidates(self) -> list[list[Candidate]]:
        """Return the candidate routes of each pair, in the order in which they are tried.

        Without modes, routes beyond the reach of every modulation are left out.
        """
        finder = RouteFinder(self.network, self.order)
        number = {fibre: position for position, fibre in enumerate(self.fibres)}
        if self.shared:
            number |= {
                Fibre(link.id, link.b): number[Fibre(link.id, link.a)]
                for link in self.network.links
            }
        listed = []
        for source, destination in self.pairs:
            found = []
            for route in self._routes(finder, source, destination):
                bits = self._bits_per_symbol(route.length_km)
                if bits or self.modes:
                    fibres = tuple(number[fibre] for fibre in route.fibres)
                    found.append(Candidate(fibres, route.hops, bits, route))
            if self.order is Order.HOPS and not self.modes:
                found.sort(key=lambda candidate: candidate.hops / candidate.bits_per_symbol)
            listed.append(found)
        return listed

    def _routes(self, finder: RouteFinder, source: str, destination: str) -> list[Route]:
        if self.order is Order.KM or self.ties == "km":
            return finder.k_shortest(source, destination, self.k)
        tied = sorted(
            self._through_ties(finder.routes(source, destination)),
            key=lambda route: (route.hops, hashlib.sha256(repr(route.links).encode()).digest()),
        )
        return tied[: self.k]

    def _through_ties(self, routes: Iterator[Route]) -> Iterator[Route]:
        """Yield routes until there are `k` and no more with as many hops as the k-th."""
        hops = 0
        for count, route in enumerate(routes):
            if count >= self.k and route.hops > hops:
                return
            hops = route.hops
            yield route

    def _bits_per_symbol(self, length_km: float) -> int:
        for modulation in sorted(self.modulations, key=lambda m: m.reach_km):
            if length_km <= modulation.reach_km:
                return modulation.bits_per_symbol
        return 0
