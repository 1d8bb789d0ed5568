"""The receiving side of a path as the emulated network has it: a netem at the add/drop port."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from apn_emu.control.detection import Detector
from apn_emu.control.protection import Condition, Selector, Side
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
    failure: Detector
    """Of signal failure: no light, or no frames in it."""
    degradation: Detector
    """Of frames that are lost to bit errors."""
    frame_loss: float
    margin_db: float
    serialises: bool
    """Whether frames leave the light here, and not just pass a gateway (`links.LineLink`)."""
    lit: bool = True
    """Whether light arrives at all."""
    strong: bool = True
    """Whether it is strong enough to be seen."""
    awaiting: bool = False
    """Whether the light of a laser that was switched on is still under way."""
    muted: bool = False
    """Whether the selector of a 1+1 group takes the other copy."""
    alarms: set[AlarmKind] = field(default_factory=set)

    @classmethod
    def of(cls, path: Path, end: End, detection_ns: int, serialises: bool) -> Receiver:
        """Return the receiver as the plan has it."""
        margin_db = path.qot.get("margin_db", THRESHOLD_MARGIN_DB)
        detectors = Detector(detection_ns), Detector(detection_ns)
        return cls(path, end, *detectors, path.frame_loss, margin_db, serialises)

    def degrade(self, figures: dict[str, Any]) -> None:
        """Take the figures of an event of the plan (`planning.degradation`)."""
        self.frame_loss, self.margin_db = figures["frame_loss"], figures["margin_db"]
        self.strong = figures["lit"]

    def look(self, now_ns: int) -> None:
        """Let the detectors see what there is from `now_ns` on."""
        framed = self.lit and self.strong and self.frame_loss < LOST_FRAME_LOSS
        self.failure.light(framed, now_ns)
        self.degradation.light(self.frame_loss == 0, now_ns)

    def handle_timer(self, now_ns: int) -> bool:
        """Return whether something was detected, or is over."""
        changes = [d.handle_timer(now_ns) for d in (self.failure, self.degradation)]
        return any(changes)

    @property
    def condition(self) -> Condition:
        """What protection switching reacts to."""
        if self.failure.failed:
            return Condition.FAILED
        return Condition.DEGRADED if self.degradation.failed else Condition.OK

    def due_alarms(self) -> set[AlarmKind]:
        """Return the alarms that stand now; the more severe hides the others (G.798)."""
        if self.failure.failed:
            if not (self.lit and self.strong):
                return {AlarmKind.LOS}
            if self.frame_loss >= LOST_FRAME_LOSS:
                return {AlarmKind.LOF}
            return self.alarms  # over, but not for long enough
        if self.degradation.failed:
            return {AlarmKind.DEG}
        return {AlarmKind.TCA} if self.margin_db < THRESHOLD_MARGIN_DB else set()

    def netem(self) -> Netem:
        """Return what frames get here: nothing passes that is muted, too weak to be seen, or of a
        laser that was there before."""
        blocked = self.muted or self.awaiting or not self.strong
        loss = 1.0 if blocked else self.frame_loss
        rate_bps = self.path.rate_bps if self.serialises else 0
        return Netem(self.path.drop_delay_ns, rate_bps, ETHERNET_OVERHEAD_BYTES, loss)


@dataclass
class Group:
    """A 1+1 group at one end: the selector and the ids of its two paths."""

    lightpath: str
    selector: Selector
    paths: dict[Side, str]

    def side(self, path: str) -> Side:
        """Return which of the two a path is."""
        return Side.WORKING if self.paths[Side.WORKING] == path else Side.PROTECTING
