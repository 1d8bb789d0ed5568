"""Where light is: what stops it on a fibre, and when the receivers of each path notice. Pure.

Light that has passed a cut still arrives, and light before it is lost when it gets there. So a cut
at a distance from a fibre's entrance acts on what enters, earlier by the time that light takes to
the cut; the receiver at the end of a path sees it later by the time from there. Times are whole
nanoseconds of whatever clock the caller has.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from apn_emu.planning.plan import Fibre, Path

Direction = tuple[str, str]
"""One fibre of a pair: the pair's id and the node that sends into it."""

Receiver = tuple[str, str]
"""One end of a path: the path's id and the site where its light arrives."""


@dataclass(frozen=True)
class Arrival:
    """At `at_ns` the effect of a change at a fibre's entrance has reached this receiver."""

    at_ns: int
    receiver: Receiver


def travel_ns(fibre: Fibre, metres: float) -> int:
    """Return the time from a fibre's entrance to a place on it, amplifiers taken as spread out."""
    return round(fibre.delay_ns * metres / (fibre.length_km * 1e3))


def directions(path: Path, site: str) -> list[Direction]:
    """Return the fibres that light to the receiver at `site` passes, in its order."""
    towards_b = list(zip(path.fibres, path.route, strict=False))
    if site == path.b.site:
        return towards_b
    return list(zip(reversed(path.fibres), reversed(path.route), strict=False))


class Light:
    """The fibres of a network, what stops light in them, and the paths that are lit.

    `change` is to be called at the moment when a change takes effect at the fibre's entrance;
    `seen` when its effect has arrived.
    """

    def __init__(self, fibres: Mapping[str, Fibre], paths: Iterable[Path]) -> None:
        self._fibres = fibres
        self._stops: Counter[Direction] = Counter()
        self._passed: dict[Receiver, Sequence[Direction]] = {}
        self._dark: dict[Receiver, set[Direction]] = {}
        for path in paths:
            self.add(path)

    def add(self, path: Path) -> list[Receiver]:
        """Light a path; return its receivers that get no light."""
        receivers = [(path.id, end.site) for end in (path.a, path.b)]
        for receiver in receivers:
            passed = directions(path, receiver[1])
            self._passed[receiver] = passed
            self._dark[receiver] = {d for d in passed if self._stops[d]}
        return [receiver for receiver in receivers if self._dark[receiver]]

    def remove(self, path_id: str) -> None:
        """Put a path out, if it is lit."""
        for receiver in [r for r in self._passed if r[0] == path_id]:
            del self._passed[receiver], self._dark[receiver]

    def change(self, direction: Direction, passes: bool) -> bool:
        """One thing less or more stops light; return whether that changed what gets through."""
        before = self._stops[direction]
        self._stops[direction] += -1 if passes else 1
        return (before == 0) is not (self._stops[direction] == 0)

    def seen(self, receiver: Receiver, direction: Direction, lit: bool) -> bool | None:
        """Note an arrival; return whether the receiver has light now, None if nothing changed.

        What arrives after a path was put out, or lit on another way, changes nothing.
        """
        if direction not in self._passed.get(receiver, ()):
            return None
        dark = self._dark[receiver]
        before = bool(dark)
        (dark.discard if lit else dark.add)(direction)
        return None if bool(dark) == before else not dark

    def rest_ns(self, receiver: Receiver, direction: Direction) -> int | None:
        """Return the time from a fibre's entrance to a receiver, None if it is not on its way."""
        passed = self._passed.get(receiver, ())
        if direction not in passed:
            return None
        rest = passed[passed.index(direction) :]
        return sum(self._fibres[fibre].delay_ns for fibre, _ in rest)

    def arrivals(self, direction: Direction, now_ns: int) -> list[Arrival]:
        """Return whom a change at a fibre's entrance reaches, and when."""
        return [
            Arrival(now_ns + rest_ns, receiver)
            for receiver in self._passed
            if (rest_ns := self.rest_ns(receiver, direction)) is not None
        ]
