"""Published distributions of flow sizes in data centres, as cumulative distributions. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

Distribution = Sequence[tuple[int, float]]
"""Points (bytes, probability that a flow is at most as large), linear between them, from (0, 0) to
probability 1."""

WEB_SEARCH: Distribution = (
    (0, 0.0),
    (10_000, 0.15),
    (20_000, 0.2),
    (30_000, 0.3),
    (50_000, 0.4),
    (80_000, 0.53),
    (200_000, 0.6),
    (1_000_000, 0.7),
    (2_000_000, 0.8),
    (5_000_000, 0.9),
    (10_000_000, 0.97),
    (30_000_000, 1.0),
)
"""A web-search cluster: Alizadeh et al., "Data Center TCP (DCTCP)", SIGCOMM 2010, as in
`DCTCP_CDF.txt` of the TrafficGenerator and `WebSearch_distribution.txt` of the HPCC simulator."""

DATA_MINING: Distribution = (
    (0, 0.0),
    (180, 0.1),
    (216, 0.2),
    (560, 0.3),
    (900, 0.4),
    (1_100, 0.5),
    (1_870, 0.6),
    (3_160, 0.7),
    (10_000, 0.8),
    (400_000, 0.9),
    (3_160_000, 0.95),
    (100_000_000, 0.98),
    (1_000_000_000, 1.0),
)
"""A data-mining cluster: Greenberg et al., "VL2: a scalable and flexible data center network",
SIGCOMM 2009, as in `VL2_CDF.txt` of the TrafficGenerator."""

DISTRIBUTIONS = {"web-search": WEB_SEARCH, "data-mining": DATA_MINING}

SMALL_BYTES, LARGE_BYTES = 100_000, 10_000_000
"""The usual classes: small up to the first, large above the second, medium between (Alizadeh et
al., "pFabric", SIGCOMM 2013)."""


def mean_bytes(distribution: Distribution) -> float:
    """Return the mean size."""
    return sum(
        (high - low) * (below + above) / 2 for (below, low), (above, high) in pairwise(distribution)
    )


def size_bytes(distribution: Distribution, probability: float) -> int:
    """Return the size that a flow exceeds with 1 - `probability` (0 to 1), at least 1 byte."""
    at = max(1, bisect_left([cumulated for _, cumulated in distribution], probability))
    (below, low), (above, high) = distribution[at - 1 : at + 1]
    return max(1, round(below + (above - below) * (probability - low) / (high - low)))


def size_class(flow_bytes: int) -> str:
    """Return `small`, `medium` or `large`."""
    if flow_bytes <= SMALL_BYTES:
        return "small"
    return "medium" if flow_bytes <= LARGE_BYTES else "large"
