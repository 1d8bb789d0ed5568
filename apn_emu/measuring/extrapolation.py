"""Times of operations that are too large to be sent here, from those that were sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from apn_emu.planning.places import site_of
from apn_emu.traffic.schedules import Schedule


def extrapolate(
    measured: Sequence[tuple[int, float]], size_byte: int, least_s_per_byte: float
) -> float:
    """Return the time (s) of a size beyond the measured ones, on the line through the last two.

    `measured` are (bytes, s), by size, two at least. Time is latency plus size over bandwidth
    (Hockney 1994), so the line's slope is the bandwidth. While latency still outweighs it the slope
    is too flat: it is at least `least_s_per_byte`, which the network's rates allow.
    """
    (less_byte, less_s), (most_byte, most_s) = measured[-2:]
    slope = max((most_s - less_s) / (most_byte - less_byte), least_s_per_byte)
    return most_s + (size_byte - most_byte) * slope


def least_s_per_byte(
    schedule: Schedule,
    places: Sequence[str],
    card_bps: Callable[[str], float],
    between_bps: Callable[[str, str], float],
) -> float:
    """Return the time for each byte of a message that the busiest card or way between sites needs.

    `places` are the ranks' servers (`site/number`). `between_bps` is the rate from a server to one
    of another site; all servers of the two sites share it.
    """
    load: dict[tuple[str, str], float] = defaultdict(float)
    rate_bps: dict[tuple[str, str], float] = {}
    for move in schedule.transfers:
        source, destination = places[move.source], places[move.destination]
        ways = [("from", source), ("to", destination)]
        rate_bps |= {ways[0]: card_bps(source), ways[1]: card_bps(destination)}
        sites = (site_of(source), site_of(destination))
        if sites[0] != sites[1]:
            ways.append(sites)
            rate_bps.setdefault(sites, between_bps(source, destination))
        for way in ways:
            load[way] += 8 / schedule.pieces
    return max(load[way] / rate_bps[way] for way in load)
