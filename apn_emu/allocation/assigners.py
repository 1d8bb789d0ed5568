"""How a simulated request gets its route and slots: closures over the fibres' free masks.

Masks and places are those of `spectrum` and `policies`; what stands here only avoids building
objects, because a simulation asks a hundred thousand times a second.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from apn_emu.allocation.policies import Place, Policy, RouteChoice, choose, lowest, use_of_units
from apn_emu.allocation.spectrum import starts
from apn_emu.optics.grid import Channel
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.modes import TransceiverMode

Choice = tuple[tuple[int, ...], int, tuple[int, ...], TransceiverMode | None]
"""Fibres of a candidate, its width in slots, the shifts that find such runs, and its mode."""

Grant = tuple[tuple[int, ...], int]
"""Fibres and mask of the slots taken on each."""

Assigner = Callable[[Sequence[Choice]], Grant | None]


def choice(fibres: tuple[int, ...], width: int, mode: TransceiverMode | None = None) -> Choice:
    """Return a candidate with the shifts of `spectrum.starts`, worked out once."""
    shifts = []
    run = 1
    while run < width:
        shifts.append(min(run, width - run))
        run += shifts[-1]
    return fibres, width, tuple(shifts), mode


def assigner(policy: Policy, free: list[int], slots: int, seed: int) -> Assigner:
    """Return the function that takes slots on `free` for the first choice that the policy finds."""
    if policy == Policy():
        return first_fit(free)
    return by_policy(policy, free, slots, seed)


def first_fit(free: list[int]) -> Assigner:
    """Return the assigner of `ksp-ff`, equal to `by_policy` and several times as fast."""

    def assign(choices: Sequence[Choice]) -> Grant | None:
        for fibres, width, shifts, _ in choices:
            mask = -1
            for fibre in fibres:
                mask &= free[fibre]
            for shift in shifts:
                mask &= mask >> shift
            if mask:
                mask &= -mask  # the lowest start
                mask = (mask << width) - mask
                for fibre in fibres:
                    free[fibre] ^= mask
                return fibres, mask
        return None

    return assign


def by_policy(policy: Policy, free: list[int], slots: int, seed: int) -> Assigner:
    """Return the assigner of any policy."""
    places_for = candidate_places(policy, free, slots, seed)

    def assign(choices: Sequence[Choice]) -> Grant | None:
        for (fibres, width, _, _), lower in places_for(choices):
            return _take(free, fibres, width, lower)
        return None

    return assign


def with_quality(
    policy: Policy, free: list[int], slots: int, seed: int, lit: LitSpectrum
) -> tuple[Assigner, Callable[[Grant], None]]:
    """Return an assigner that lights only what reaches and spoils nobody, and what darkens it.

    Slots are units of 6.25 GHz, `lit` knows fibres by their numbers.
    """
    places_for = candidate_places(policy, free, slots, seed)

    def assign(choices: Sequence[Choice]) -> Grant | None:
        for (fibres, width, _, mode), lower in places_for(choices):
            assert mode is not None, "candidates with quality have a mode"
            channel = Channel(lower, width)
            found = lit.assess(fibres, channel, mode)
            if found.qot.margin_db >= lit.min_margin_db and not found.spoiled:
                lit.light((fibres, channel.lower), fibres, channel, mode)
                return _take(free, fibres, width, lower)
        return None

    def darken(grant: Grant) -> None:
        fibres, mask = grant
        lit.darken((fibres, lowest(mask)))

    return assign, darken


def candidate_places(
    policy: Policy, free: list[int], slots: int, seed: int
) -> Callable[[Sequence[Choice]], Iterator[tuple[Choice, int]]]:
    """Return the function that yields the choices with room and their lower slot, best first."""
    full = (1 << slots) - 1
    rng = random.Random(seed)

    def possible(found: Choice) -> tuple[int, int]:
        """Return the places for the candidate and the slots that are free on all its fibres."""
        mask = full
        for fibre in found[0]:
            mask &= free[fibre]
        return starts(mask, found[1]), mask

    def occupancy(found: Choice) -> int:
        return max(slots - free[fibre].bit_count() for fibre in found[0])

    def use() -> list[int]:
        return use_of_units(free, full)

    place = Place(policy.place)

    def places_for(choices: Sequence[Choice]) -> Iterator[tuple[Choice, int]]:
        if policy.route is RouteChoice.LOWEST:
            found = [(mask, n) for n, c in enumerate(choices) if (mask := possible(c)[0])]
            for lower, n in sorted((lowest(mask), n) for mask, n in found):
                yield choices[n], lower
            return
        if policy.route is RouteChoice.LOAD:
            choices = sorted(choices, key=occupancy)
        for candidate in choices:
            places, mask = possible(candidate)
            if places:
                yield candidate, choose(place, places, mask, candidate[1], rng, use)

    return places_for


def _take(free: list[int], fibres: tuple[int, ...], width: int, lower: int) -> Grant:
    mask = ((1 << width) - 1) << lower
    for fibre in fibres:
        free[fibre] ^= mask
    return fibres, mask
