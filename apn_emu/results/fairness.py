"""Fairness of shares. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence


def jain(shares: Sequence[float]) -> float:
    """Return Jain's fairness index of what each flow got (of what it asked for): 1 when all are
    equal, 1/n when one of n has everything (Jain, Chiu, Hawe, DEC-TR-301, 1984; RFC 5166 clause
    2.3.2). All zero counts as fair. At least one share, else `ValueError`.
    """
    if not shares:
        raise ValueError("no fairness among nobody")
    squares = len(shares) * math.fsum(share * share for share in shares)
    return math.fsum(shares) ** 2 / squares if squares else 1.0
