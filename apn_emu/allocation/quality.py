"""What the allocator must know about the quality of transmission, and nothing more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from apn_emu.allocation.routes import Route
from apn_emu.optics.grid import Channel
from apn_emu.optics.modes import TransceiverMode


@dataclass(frozen=True)
class Assessment:
    """Quality of a lightpath, the worse of its directions, in the symbol-rate bandwidth.

    `margin_db` is GSNR less the mode's requirement. `most_harmed` is the lit path that would fall
    furthest below `floor_db` although it stands above it now, with the margin left to it.
    """

    gsnr_db: float
    margin_db: float
    most_harmed: str | None = None
    harmed_margin_db: float = 0.0


class Quality(Protocol):
    """Quality of transmission of a network whose lit paths it is told of."""

    def assess(
        self, route: Route, channel: Channel, mode: TransceiverMode, floor_db: float
    ) -> Assessment:
        """Return the quality of a new lightpath beside all lit ones, and the harm it does."""
        ...

    def light(self, lightpath: str, route: Route, channel: Channel, mode: TransceiverMode) -> None:
        """Take note that a lightpath is lit."""
        ...

    def darken(self, lightpath: str) -> None:
        """Take note that a lightpath is dark."""
        ...

    def margin_db(self, lightpath: str) -> float:
        """Return the margin that a lit path has now."""
        ...
