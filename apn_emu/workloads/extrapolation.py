"""Times of transfers that are too large to be sent here, from those that were sent."""

from __future__ import annotations

from collections.abc import Sequence


def extrapolate(
    measured: Sequence[tuple[int, float]], size_byte: int, least_s_per_byte: float
) -> float:
    """Return the time (s) of a size beyond the measured ones, on the line through the last two.

    `measured` are (bytes, s), by size, two at least. Time is latency plus size over bandwidth
    (Hockney 1994), so the line's slope is the bandwidth; `least_s_per_byte` is what the cards'
    rate allows, and nothing is extrapolated to be faster.
    """
    (less_byte, less_s), (most_byte, most_s) = measured[-2:]
    slope = max((most_s - less_s) / (most_byte - less_byte), least_s_per_byte)
    return most_s + (size_byte - most_byte) * slope
