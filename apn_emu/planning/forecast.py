"""What a plan's events do to its lightpaths, before anything runs: who loses light and when, and
for how long a lightpath's clients are not served. Pure.

It plays the events through the same rules as the transponders have: light travels, is missed and
detected, and 1+1 switches by itself. The controller's part (1:1, restoration) is in `recoveries`;
for a restoration the new route must be known. Extra loss (`degrade`) is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from apn_emu.control.detection import Detector
from apn_emu.control.light import Direction, Light, Receiver, travel_ns
from apn_emu.control.protection import Condition, Selector, Side, skew_ns
from apn_emu.planning.lightpaths import ONE_PLUS_ONE
from apn_emu.planning.plan import Lightpath, Plan
from apn_emu.planning.recoveries import Recoveries, Routes

REPAIR = "repair"


class Transition(NamedTuple):
    """Light at a receiver goes or comes because of an event (its index in the plan)."""

    at_ns: int
    event: int
    receiver: Receiver
    present: bool


class Outage(NamedTuple):
    """The client of a lightpath at `site` gets nothing between two moments (None: to the end).

    Moments are those at the receiver's entrance; frames are at the client `drop_delay_ns` later.
    """

    event: int
    lightpath: str
    site: str
    begin_ns: int
    end_ns: int | None


def transitions(plan: Plan) -> list[Transition]:
    """Return when light goes and comes at the receivers of all paths, by time."""
    light = Light(plan.fibre_by_id, plan.paths)
    changes: list[tuple[int, int, Direction, bool]] = []
    for index, event in enumerate(plan.events):
        for fibre_id, source, metres in event["fibres"]:
            before_ns = travel_ns(plan.fibre_by_id[fibre_id], metres)
            entered_ns = round(event["at_s"] * 1e9) - before_ns
            changes.append((entered_ns, index, (fibre_id, source), event["kind"] == REPAIR))
    arriving = [
        (arrival.at_ns, index, direction, passes, arrival.receiver)
        for entered_ns, index, direction, passes in sorted(changes)
        if light.change(direction, passes)
        for arrival in light.arrivals(direction, entered_ns)
    ]
    found = []
    for at_ns, index, direction, passes, receiver in sorted(arriving):
        present = light.seen(receiver, direction, passes)
        if present is not None:
            found.append(Transition(at_ns, index, receiver, present))
    return found


def outages(plan: Plan, routes: Routes | None = None) -> list[Outage]:
    """Return the outages of every client, lightpath by lightpath, by time.

    An outage of a lightpath that is not restored on one of `routes` lasts until light is back.
    """
    by_receiver: dict[Receiver, list[Transition]] = {}
    for transition in transitions(plan):
        by_receiver.setdefault(transition.receiver, []).append(transition)
    recoveries = Recoveries(plan, routes or {}, by_receiver)
    found: list[Outage] = []
    for lightpath in plan.lightpaths:
        of_ends: list[Outage] = []
        for end in lightpath.ends:
            seen = [t for p in lightpath.paths for t in by_receiver.get((p.id, end.site), [])]
            of_ends += _outages(_Client(plan, lightpath, end.site), sorted(seen))
        found += (recoveries.ended(outage, of_ends, lightpath) for outage in of_ends)
    return found


class _Client:
    """The receiving end of a lightpath: what its receivers see, and whether frames reach it."""

    def __init__(self, plan: Plan, lightpath: Lightpath, site: str) -> None:
        self.lightpath, self.site = lightpath, site
        self.lit = {path.id: True for path in lightpath.paths}
        self._detectors = {path.id: Detector(plan.control.detection_ns) for path in lightpath.paths}
        self._selector = None
        if lightpath.protection in ONE_PLUS_ONE:
            self._selector = Selector(plan.control, skew_ns(lightpath))

    @property
    def served(self) -> bool:
        """Whether the path that is selected has light."""
        if self._selector is None:
            return self.lit[self.lightpath.id]
        side = self._selector.selected
        return side is not None and any(
            lit and self._side(path) is side for path, lit in self.lit.items()
        )

    def _side(self, path: str) -> Side:
        return Side.WORKING if path == self.lightpath.id else Side.PROTECTING

    def see(self, transition: Transition) -> None:
        """Note that a path's light went or came."""
        path = transition.receiver[0]
        self.lit[path] = transition.present
        self._detectors[path].light(transition.present, transition.at_ns)
        self._tell(path, transition.at_ns)

    def _tell(self, path: str, now_ns: int) -> None:
        """Let the selector know what a path's receiver sees."""
        if self._selector is not None:
            detector = self._detectors[path]
            condition = Condition.FAILED if detector.failed else Condition.OK
            last_ns = detector.dark_since_ns
            self._selector.condition(self._side(path), condition, now_ns, last_ns)

    def next_timer(self) -> int | None:
        """Return when something here is due."""
        timers = [detector.next_timer() for detector in self._detectors.values()]
        timers += [self._selector.next_timer()] if self._selector else []
        return min((at_ns for at_ns in timers if at_ns is not None), default=None)

    def handle_timer(self, now_ns: int) -> None:
        """Do what is due."""
        for path, detector in self._detectors.items():
            if detector.handle_timer(now_ns):
                self._tell(path, now_ns)
        if self._selector is not None:
            self._selector.handle_timer(now_ns)


def _outages(client: _Client, seen: Sequence[Transition]) -> Iterator[Outage]:
    event, begin_ns, cause = 0, None, 0
    waiting = list(seen)
    while waiting or client.next_timer() is not None:
        timer_ns = client.next_timer()
        if waiting and (timer_ns is None or waiting[0].at_ns <= timer_ns):
            transition = waiting.pop(0)
            now_ns, event = transition.at_ns, transition.event
            client.see(transition)
        else:
            assert timer_ns is not None
            now_ns = timer_ns
            client.handle_timer(now_ns)
        if not client.served and begin_ns is None:
            begin_ns, cause = now_ns, event
        elif client.served and begin_ns is not None:
            if now_ns > begin_ns:
                yield Outage(cause, client.lightpath.id, client.site, begin_ns, now_ns)
            begin_ns = None
    if begin_ns is not None:
        yield Outage(cause, client.lightpath.id, client.site, begin_ns, None)
