"""Which of the possible places in the spectrum a new channel takes, and on which route.

A policy is written `ROUTE-PLACE`. The route is `ksp` (the first candidate that has room), `load`
(candidates by the occupancy of their fullest fibre, then in order) or `ff` (`ff-ksp`: the lowest
place on any candidate, then in order). Places, all ties to the lowest frequency: `ff` first fit,
`lf` last fit, `bf` best fit (smallest gap), `ef` exact fit (a gap of just this width, else first
fit), `random`, `mu` most used and `lu` least used (units in use on most or fewest fibres). Survey:
Chatterjee, Sarma, Oki, IEEE Comm. Surveys & Tutorials 17 (2015).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from apn_emu.allocation.spectrum import gaps


class RouteChoice(StrEnum):
    """How the candidate routes are ordered."""

    KSP = "ksp"
    LOAD = "load"
    LOWEST = "ff"


class Place(StrEnum):
    """How a place is chosen among the possible ones."""

    FIRST_FIT = "ff"
    LAST_FIT = "lf"
    BEST_FIT = "bf"
    EXACT_FIT = "ef"
    RANDOM = "random"
    MOST_USED = "mu"
    LEAST_USED = "lu"


ALIASES = {
    "first-fit": "ksp-ff",
    "last-fit": "ksp-lf",
    "best-fit": "ksp-bf",
    "exact-fit": "ksp-ef",
    "random": "ksp-random",
    "most-used": "ksp-mu",
    "least-used": "ksp-lu",
    "load-aware": "load-ff",
}


@dataclass(frozen=True)
class Policy:
    """A route choice and a place; `Policy.parse("ksp-ff")`."""

    route: RouteChoice = RouteChoice.KSP
    place: Place = Place.FIRST_FIT

    @staticmethod
    def names() -> tuple[str, ...]:
        """Return all names that `parse` takes."""
        named = [f"{r}-{p}" for r in (RouteChoice.KSP, RouteChoice.LOAD) for p in Place]
        return (*named, "ff-ksp", *ALIASES)

    @classmethod
    def parse(cls, name: str) -> Policy:
        """Return the policy of that name; raise `ValueError` that lists the known ones."""
        if name not in cls.names():
            raise ValueError(f"{name!r} is not a policy; known: {', '.join(cls.names())}")
        if name == "ff-ksp":
            return cls(RouteChoice.LOWEST, Place.FIRST_FIT)
        route, _, place = ALIASES.get(name, name).partition("-")
        return cls(RouteChoice(route), Place(place))

    def __str__(self) -> str:
        return "ff-ksp" if self.route is RouteChoice.LOWEST else f"{self.route}-{self.place}"


def choose(
    place: Place,
    possible: int,
    free: int,
    width: int,
    rng: random.Random,
    use: Callable[[], list[int]],
) -> int:
    """Return the lower unit for a channel of `width` units.

    `possible` is the mask of the places that fit (not 0), `free` the mask of the free units behind
    it, `use()` on how many fibres each unit is taken; it is called by most and least used only.
    """
    if place is Place.FIRST_FIT:
        return lowest(possible)
    if place is Place.LAST_FIT:
        return possible.bit_length() - 1
    places = bits(possible)
    if place is Place.RANDOM:
        return places[rng.randrange(len(places))]
    if place in (Place.MOST_USED, Place.LEAST_USED):
        sums = np.concatenate(([0], np.cumsum(use())))
        weight = sums[np.array(places) + width] - sums[places]
        best = weight.argmax() if place is Place.MOST_USED else weight.argmin()
        return places[int(best)]
    length_of = {
        unit: length for first, length in gaps(free) for unit in range(first, first + length)
    }
    if place is Place.BEST_FIT:
        return min(places, key=lambda unit: (length_of[unit], unit))
    exact = [unit for unit in places if length_of[unit] == width]
    return exact[0] if exact else places[0]


def lowest(mask: int) -> int:
    """Return the position of the lowest set bit of a mask that is not 0."""
    return (mask & -mask).bit_length() - 1


def bits(mask: int) -> list[int]:
    """Return the positions of the set bits, lowest first."""
    return [position for position, bit in enumerate(bin(mask)[:1:-1]) if bit == "1"]


def use_of_units(free: Iterable[int], usable: int) -> list[int]:
    """Return for each unit on how many of the fibres it is taken, given their free masks."""
    units = usable.bit_length()
    size = (units + 7) // 8
    packed = np.frombuffer(
        b"".join((usable & ~mask).to_bytes(size, "little") for mask in free), dtype=np.uint8
    )
    taken = np.unpackbits(packed.reshape(-1, size), axis=1, count=units, bitorder="little")
    return [int(count) for count in taken.sum(axis=0, dtype=np.int64)]
