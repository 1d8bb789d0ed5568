"""Delay variation of a stream of packets. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from apn_emu.results.statistics import percentile

PDV_PERCENT = 99.9
"""As ITU-T Y.1541 states delay variation: 1 - 1e-3 quantile minus minimum (RFC 5481 clause 4.2)."""


def pdv_s(delays_s: Sequence[float]) -> float:
    """Return the packet delay variation: the 99.9th percentile of the one-way delay above its
    minimum (RFC 5481 clause 4.2). At least one delay, else `ValueError`."""
    return percentile(delays_s, PDV_PERCENT) - min(delays_s)


def ipdv_s(delays_s: Sequence[float]) -> float:
    """Return the inter-packet delay variation: the mean size of the change of the one-way delay
    from each packet to the next (RFC 3393, RFC 5481 clause 4.1); 0 for a single packet."""
    changes = [abs(after - before) for before, after in pairwise(delays_s)]
    return math.fsum(changes) / len(changes) if changes else 0.0
