"""What the allocator asks about transmission quality; `optics.lit.LitSpectrum` answers it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Protocol

from apn_emu.optics.grid import Channel
from apn_emu.optics.lit import Assessment
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.qot import Qot


class Quality(Protocol):
    """Quality of transmission on a network, told of every lightpath that is lit or darkened.

    Routes are link ids: both directions carry the same channels. `min_margin_db` is what every
    lightpath's GSNR must keep above its mode's requirement.
    """

    min_margin_db: float

    def assess(
        self, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> Assessment:
        """Return the quality of a new lightpath beside all lit ones, and whom it would spoil."""
        ...

    def light(
        self, key: Hashable, route: Sequence[Hashable], channel: Channel, mode: TransceiverMode
    ) -> None:
        """Take note that a lightpath is lit."""
        ...

    def darken(self, key: Hashable) -> None:
        """Take note that a lightpath is dark."""
        ...

    def qot(self, key: Hashable) -> Qot:
        """Return the present quality of a lit lightpath."""
        ...
