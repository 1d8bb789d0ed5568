"""When flows arrive and how large they are: a Poisson process, seeded. Pure."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from apn_emu.traffic.flow_sizes import Distribution, mean_bytes, size_bytes


class Arrival(NamedTuple):
    """A flow: when it begins, from the start of the traffic, and how many bytes it has."""

    at_ns: int
    size_bytes: int


def poisson(
    seed: str, distribution: Distribution, rate_bps: float, duration_ns: int
) -> Iterator[Arrival]:
    """Yield flows that together offer `rate_bps` on average, as long as the duration lasts."""
    draw = random.Random(seed)
    flows_per_ns = rate_bps / 8 / mean_bytes(distribution) / 1e9
    at_ns = draw.expovariate(flows_per_ns)
    while at_ns < duration_ns:
        yield Arrival(round(at_ns), size_bytes(distribution, draw.random()))
        at_ns += draw.expovariate(flows_per_ns)
