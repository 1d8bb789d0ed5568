"""Linear 1+1 protection of a receiver: which of the two copies of the light its client gets.

Unidirectional switching without a protocol, each end for itself (ITU-T G.873.1 clause 7; G.841
clause 7.1): a signal failure (SF) outranks a degradation (SD), either outranks waiting to restore.
Pure: conditions come in with `now_ns`, the position and the next timer come out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from apn_emu.planning.lightpaths import Lightpath
from apn_emu.planning.parameters import ControlParameters


class Side(StrEnum):
    """One of the two paths."""

    WORKING = "working"
    PROTECTING = "protecting"

    @property
    def other(self) -> Side:
        """The other path."""
        return Side.PROTECTING if self is Side.WORKING else Side.WORKING


class Condition(IntEnum):
    """What a path's receiver sees; the larger is the worse."""

    OK = 0
    DEGRADED = 1
    FAILED = 2


class Selector:
    """The selector of one 1+1 receiver.

    `skew_ns` is the one-way delay of the protecting path minus the working one's. A copy that
    comes over a longer path is kept back until it brings nothing that the other has brought
    already: no frame ever reaches the client twice.

    Each path has a hold-off of its own, which a new or more severe defect starts (G.808.1): a
    failure that has lasted for it is acted on as soon as the other path is better.
    """

    def __init__(self, parameters: ControlParameters, skew_ns: int) -> None:
        self._parameters = parameters
        self._skew_ns = skew_ns
        self._condition = dict.fromkeys(Side, Condition.OK)
        self._last_light_ns: dict[Side, int | None] = dict.fromkeys(Side)
        self._position = Side.WORKING
        self._moved_ns: int | None = None
        self._hold_off_ns: dict[Side, int | None] = dict.fromkeys(Side)
        self._restore_ns: int | None = None

    @property
    def selected(self) -> Side | None:
        """The path whose copy reaches the client; None while the selector moves."""
        return self._position if self._moved_ns is None else None

    @property
    def position(self) -> Side:
        """The path that is selected, or to which the selector is on its way."""
        return self._position

    def condition(
        self, side: Side, condition: Condition, now_ns: int, last_light_ns: int | None = None
    ) -> None:
        """Note what a path's receiver sees from now on.

        `last_light_ns` is when the last light of a failed path arrived, before it was detected;
        None when light is back and its failure only not yet cleared.
        """
        due_ns = self._hold_off_ns[side]
        if condition is Condition.OK:
            self._hold_off_ns[side] = None
        elif condition > self._condition[side] and (due_ns is None or due_ns <= now_ns):
            self._hold_off_ns[side] = now_ns + self._parameters.hold_off_ns
        self._condition[side] = condition
        self._last_light_ns[side] = last_light_ns if condition is Condition.FAILED else None
        self._decide(now_ns)

    def paths_changed(self, skew_ns: int) -> None:
        """Take the skew that holds since one of the paths has moved to another route."""
        self._skew_ns = skew_ns

    def next_timer(self) -> int | None:
        """Return when `handle_timer` is due, None when nothing is under way."""
        if self._moved_ns is not None:
            return self._moved_ns
        return self._hold_off_ns[self._position] if self._worse_here else self._restore_ns

    def handle_timer(self, now_ns: int) -> Side | None:
        """Do what is due; return the path that is selected from now on if it has changed."""
        arrived = self._moved_ns is not None and self._moved_ns <= now_ns
        if arrived:
            self._moved_ns = None
        self._decide(now_ns)
        return self.selected if arrived else None

    @property
    def _worse_here(self) -> bool:
        return self._condition[self._position] > self._condition[self._position.other]

    def _decide(self, now_ns: int) -> None:
        if self._moved_ns is not None:
            return  # what has changed is looked at on arrival
        if self._worse_here:
            self._restore_ns = None
            due_ns = self._hold_off_ns[self._position]
            assert due_ns is not None, "set with the condition"
            if due_ns <= now_ns:
                self._move(now_ns)
            return
        away = self._position is Side.PROTECTING
        if not (self._parameters.revertive and away) or any(self._condition.values()):
            self._restore_ns = None
            return
        if self._restore_ns is None:
            self._restore_ns = now_ns + self._parameters.wait_to_restore_ns
        if self._restore_ns <= now_ns:
            self._move(now_ns)

    def _move(self, now_ns: int) -> None:
        left = self._position
        self._position = left.other
        self._restore_ns = None
        later_ns = self._skew_ns if self._position is Side.PROTECTING else -self._skew_ns
        last_ns = self._last_light_ns[left]
        quiet_ns = (now_ns if last_ns is None else last_ns) + later_ns
        self._moved_ns = max(now_ns + self._parameters.switching_ns, quiet_ns)


@dataclass(frozen=True)
class Outage:
    """What a plan says about the interruption of one direction of a 1+1 lightpath."""

    propagation_ns: int
    """From the failure until its edge of darkness reaches the receiver."""
    gap_ns: int
    """Between the last light that reached the client and the first of the other path."""
    lost_ns: int
    """How long a sender's frames are lost; shorter or longer than the gap by the paths' skew."""

    @property
    def total_ns(self) -> int:
        """From the failure until the client is served again."""
        return self.propagation_ns + self.gap_ns


def skew_ns(lightpath: Lightpath) -> int:
    """Return how much longer the protecting path takes than the working one, one way."""
    assert lightpath.protecting is not None, "only protected lightpaths have a skew"
    return lightpath.protecting.latency.total_ns - lightpath.latency.total_ns


def planned_outage(
    parameters: ControlParameters, lightpath: Lightpath, propagation_ns: int
) -> Outage:
    """Return the outage of a 1+1 lightpath on its working path whose light fails.

    `propagation_ns` is the time that the edge of darkness takes from the failure to the receiver.
    """
    gap_ns = max(
        parameters.detection_ns + parameters.hold_off_ns + parameters.switching_ns,
        skew_ns(lightpath),
    )
    return Outage(propagation_ns, gap_ns, gap_ns - skew_ns(lightpath))
