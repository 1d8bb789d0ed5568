"""From the attempts that failed to the refusal that helps."""

from __future__ import annotations

import math
from collections.abc import Sequence

from apn_emu.allocation.demands import Attempt, Demand, Reason, Refusal


def refusal(demand: Demand, cause: Attempt, attempts: Sequence[Attempt]) -> Refusal:
    """Return the refusal of a demand for the reason of one attempt."""
    assert cause.reason is not None
    return Refusal(demand, cause.reason, cause.text, tuple(attempts), cause.numbers)


_WEIGHT = (Reason.NO_TRANSPONDER, Reason.EXISTING_LIGHTPATH_HARMED, Reason.NO_SPECTRUM)


def decisive(attempts: Sequence[Attempt]) -> Attempt:
    """Return the first attempt with the weightiest reason: what would help if it were mended.

    Without such a reason it is the one that came nearest to the GSNR it needs.
    """
    failed = [attempt for attempt in attempts if attempt.reason is not None]
    for reason in _WEIGHT:
        for attempt in failed:
            if attempt.reason is reason:
                return attempt
    return min(reversed(failed), key=_shortfall_db)


def _shortfall_db(attempt: Attempt) -> float:
    """Return how much GSNR was missing; infinite if that was not what failed."""
    numbers = attempt.numbers
    if "gsnr_bw_db" not in numbers:
        return math.inf
    return float(numbers["required_gsnr_bw_db"]) - float(numbers["gsnr_bw_db"])
