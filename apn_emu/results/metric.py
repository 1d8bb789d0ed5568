"""What a measured quantity is. Plain, for the emulated machine reads it with each workload."""

from __future__ import annotations

from dataclasses import dataclass

from apn_emu.units import Dimension

COUNT = Dimension("number", "1", {"": 1.0}, "0")
EVENT_RATE = Dimension("events per second", "1/s", {"": 1.0}, "20000")


@dataclass(frozen=True)
class Metric:
    """A measured quantity. `symmetric`: the value holds in both directions (a round trip)."""

    dimension: Dimension
    definition: str
    symmetric: bool = False
    japanese: str | None = None
    """The definition in Japanese, for reports."""
