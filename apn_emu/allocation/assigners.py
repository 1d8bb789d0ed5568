"""How a simulated request gets its route and slots: one closure over the fibres' free masks.

Masks and places are those of `spectrum` and `policies`; what stands here only avoids building
objects, because a simulation asks a hundred thousand times a second.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from apn_emu.allocation.policies import Place, Policy, RouteChoice, choose, lowest, use_of_units
from apn_emu.allocation.spectrum import starts

Choice = tuple[tuple[int, ...], int, tuple[int, ...]]
"""Fibres of a candidate route, width in slots, and the shifts that find runs of that width."""

Grant = tuple[tuple[int, ...], int]
"""Fibres and mask of the slots taken on each."""

Assigner = Callable[[Sequence[Choice]], Grant | None]


def choice(fibres: tuple[int, ...], width: int) -> Choice:
    """Return a candidate with the shifts of `spectrum.starts`, worked out once."""
    shifts = []
    run = 1
    while run < width:
        shifts.append(min(run, width - run))
        run += shifts[-1]
    return fibres, width, tuple(shifts)


def assigner(policy: Policy, free: list[int], slots: int, seed: int) -> Assigner:
    """Return the function that takes slots on `free` for the first choice that the policy finds."""
    if policy == Policy():
        return first_fit(free)
    return by_policy(policy, free, slots, seed)


def first_fit(free: list[int]) -> Assigner:
    """Return the assigner of `ksp-ff`, equal to `by_policy` and several times as fast."""

    def assign(choices: Sequence[Choice]) -> Grant | None:
        for fibres, width, shifts in choices:
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

    def assign(choices: Sequence[Choice]) -> Grant | None:
        if policy.route is RouteChoice.LOAD:
            choices = sorted(choices, key=occupancy)
        if policy.route is RouteChoice.LOWEST:
            with_room = [found for found in choices if possible(found)[0]]
            choices = sorted(with_room, key=lambda found: lowest(possible(found)[0]))
        for found in choices:
            fibres, width, _ = found
            places, mask = possible(found)
            if places:
                use = lambda: use_of_units(free, full)  # noqa: E731
                lower = choose(Place(policy.place), places, mask, width, rng, use)
                taken = ((1 << width) - 1) << lower
                for fibre in fibres:
                    free[fibre] ^= taken
                return fibres, taken
        return None

    return assign
