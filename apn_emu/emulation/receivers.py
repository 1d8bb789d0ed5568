"""The receiving side of a path as the emulated network has it: a netem at the add/drop port."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apn_emu.control.detection import Detector
from apn_emu.control.protection import Condition
from apn_emu.control.transponders import AlarmKind
from apn_emu.emulation.links import ETHERNET_OVERHEAD_BYTES
from apn_emu.emulation.netem import Netem
from apn_emu.planning.plan import End, Path

LOST_FRAME_LOSS = 0.5
"""From which share of lost frames on frame alignment counts as lost (LOF). Assumption; the FEC's
waterfall passes it within a tenth of a dB."""

THRESHOLD_MARGIN_DB = 1.0
"""Margin below which a transponder warns (TCA). Assumption."""


@dataclass
class Receiver:
    """A path's receiver at one end: what it sees, what it told, and what it lets through."""

    path: Path
    end: End
    detector: Detector
    frame_loss: float
    margin_db: float
    lit: bool = True
    """Whether light arrives at all."""
    strong: bool = True
    """Whether it is strong enough to be seen."""
    muted: bool = False
    """Whether the selector of a 1+1 group takes the other copy."""
    alarms: set[AlarmKind] = field(default_factory=set)

    @classmethod
    def of(cls, path: Path, end: End, detection_ns: int) -> Receiver:
        """Return the receiver as the plan has it."""
        margin_db = path.qot.get("margin_db", THRESHOLD_MARGIN_DB)
        return cls(path, end, Detector(detection_ns), path.frame_loss, margin_db)

    def degrade(self, figures: dict[str, Any]) -> None:
        """Take the figures of an event of the plan (`planning.degradation`)."""
        self.frame_loss, self.margin_db = figures["frame_loss"], figures["margin_db"]
        self.strong = figures["lit"]

    @property
    def framed(self) -> bool:
        """Whether there is a signal with frames in it."""
        return self.lit and self.strong and self.frame_loss < LOST_FRAME_LOSS

    @property
    def condition(self) -> Condition:
        """What protection switching reacts to."""
        if self.detector.failed:
            return Condition.FAILED
        return Condition.DEGRADED if self.frame_loss > 0 else Condition.OK

    def due_alarms(self) -> set[AlarmKind]:
        """Return the alarms that stand now; the more severe hides the others (G.798)."""
        if self.detector.failed:
            return {AlarmKind.LOF if self.lit and self.strong else AlarmKind.LOS}
        if self.frame_loss > 0:
            return {AlarmKind.DEG}
        return {AlarmKind.TCA} if self.margin_db < THRESHOLD_MARGIN_DB else set()

    def netem(self) -> Netem:
        """Return what frames get here: nothing passes that is muted or too weak to be seen."""
        blocked = self.muted or not self.strong
        loss = 1.0 if blocked else self.frame_loss
        path = self.path
        return Netem(path.drop_delay_ns, path.rate_bps, ETHERNET_OVERHEAD_BYTES, loss)
