"""When the controller ends outages that a plan's events cause: 1:1 and restoration, step by step.

Exact for a first failure of a lightpath that nothing else keeps waiting. Pure.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from apn_emu.control.light import Receiver
from apn_emu.planning.lightpaths import RESTORED
from apn_emu.planning.plan import Lightpath, Plan

if TYPE_CHECKING:
    from apn_emu.planning.forecast import Outage, Transition

Seen = Mapping[Receiver, Sequence["Transition"]]
"""What each receiver sees, by time."""

Routes = Mapping[tuple[int | None, str], Sequence[str]]
"""Nodes of the route on which the controller restores a path after an event: (index, path id)."""


class Recoveries:
    """The controller's answers to what all receivers see; `routes` are those that it finds."""

    def __init__(self, plan: Plan, routes: Routes, seen: Seen) -> None:
        self._plan, self._routes, self._seen = plan, routes, seen
        self._between = {frozenset((f.a, f.b)): f.id for f in reversed(plan.fibres)}
        control = plan.control
        self._noticed_ns = control.detection_ns + control.hold_off_ns + control.management_delay_ns
        self._computed_ns: list[int] = []
        for asked_ns in sorted(self._asked()):
            if not self._computed_ns or asked_ns > self._computed_ns[-1]:
                self._computed_ns.append(asked_ns + control.computing_ns)

    def ended(self, outage: Outage, of_ends: Sequence[Outage], lightpath: Lightpath) -> Outage:
        """Return the outage of one end, ended by what the first end's loss of light starts."""
        first_ns = min(other.begin_ns for other in of_ends if other.event == outage.event)
        noticed_ns = first_ns + self._noticed_ns
        route = self._routes.get((outage.event, lightpath.id))
        if lightpath.protection == "1:1" and lightpath.protecting is not None:
            end_ns = self._switched_ns(lightpath.protecting.fibres, noticed_ns)
            if not self._has_light(lightpath.protecting.id, lightpath, end_ns):
                return outage
        elif lightpath.protection == "restoration" and route is not None:
            at = bisect_left(self._computed_ns, noticed_ns)
            if at == len(self._computed_ns):
                return outage  # light was back before it was missed
            end_ns = self._restored_ns(route, self._computed_ns[at])
        else:
            return outage
        if outage.end_ns is not None and outage.end_ns <= end_ns:
            return outage
        return outage._replace(end_ns=end_ns)

    def _switched_ns(self, way: Sequence[str], noticed_ns: int) -> int:
        """Return when frames arrive after the shelves got their new rules."""
        return noticed_ns + self._plan.control.management_delay_ns + self._light_ns(way)

    def _restored_ns(self, route: Sequence[str], computed_ns: int) -> int:
        """Return when frames arrive on a new route: tuning, cross-connecting and enabling take a
        way there and back each, the shelves' rules one."""
        control = self._plan.control
        steps_ns = control.tuning_ns + control.wss_ns + control.amplifier_ns
        way = [self._between[frozenset(pair)] for pair in pairwise(route)]
        return computed_ns + 7 * control.management_delay_ns + steps_ns + self._light_ns(way)

    def _light_ns(self, way: Sequence[str]) -> int:
        return sum(self._plan.fibre_by_id[fibre].delay_ns for fibre in way)

    def _asked(self) -> Iterator[int]:
        """Yield when the controller learns that a path is dark which it restores; what it learns
        within its computing time it computes together."""
        restored = [p for p in self._plan.lightpaths if p.protection in RESTORED]
        for path in (path for lightpath in restored for path in lightpath.paths):
            for end in path.ends:
                seen = self._seen.get((path.id, end.site), ())
                for transition, following in zip(seen, [*seen[1:], None], strict=False):
                    lasts = following is None or self._is_noticed(transition, following)
                    if not transition.present and lasts:
                        yield transition.at_ns + self._noticed_ns

    def _is_noticed(self, transition: Transition, following: Transition) -> bool:
        return following.at_ns - transition.at_ns >= self._plan.control.detection_ns

    def _has_light(self, path: str, lightpath: Lightpath, at_ns: int) -> bool:
        """Return whether both ends of a path have light at a moment."""
        for end in lightpath.ends:
            before = [t for t in self._seen.get((path, end.site), ()) if t.at_ns <= at_ns]
            if before and not before[-1].present:
                return False
        return True
