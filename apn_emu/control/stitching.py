"""The parent of several domains' controllers: end-to-end lightpaths from segments. Pure.

A lightpath is asked for in all its domains at once. When one refuses, all others are told to delete
their segments, and are asked again until they have: it leaves nothing anywhere. The parent knows of
a domain its name, its sites and gateways and how far these are apart; it learns from the domain's
events whether a segment works.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from apn_emu.control.domains import Distance, Segment, chain, segments_over
from apn_emu.control.requests import Code, Event, EventKind, Lifecycle, Operational, Refused
from apn_emu.control.stitched import Call, Stitched
from apn_emu.planning.domains import Border
from apn_emu.planning.lightpaths import TWO_PATHS

RETRY_NS = 1_000_000_000
"""After which a domain that could not be reached is asked again to delete its segment."""

INSIDE_ONE_DOMAIN = ("route", "max_latency_us")
"""What no operator can promise for the others."""


class Parent:
    """Serves end-to-end requests; calls come out of `take_calls`, answers go into `answered`."""

    def __init__(
        self,
        sites: Mapping[str, Sequence[str]],
        borders: Sequence[Border],
        distance_km: Distance = lambda here, there: 0.0,
    ) -> None:
        """Take the domains' sites and gateways by domain, and the borders between these."""
        self.domain_of = {site: domain for domain, own in sites.items() for site in own}
        self.borders = {border.id: border for border in borders}
        self.lightpaths: dict[str, Stitched] = {}
        self._distance_km = distance_km
        self._gateways = {gateway for border in borders for gateway in (border.a, border.b)}
        self._calls: list[Call] = []
        self._retries: list[tuple[int, Call]] = []
        self._events: list[Event] = []
        self._told: dict[str, tuple[Lifecycle, Operational]] = {}

    def create(self, request: Mapping[str, Any], now_ns: int) -> Stitched:
        """Start to set a lightpath up; the same request again changes nothing.

        `request` has id, source, destination and what the domains are told too. Raises `Refused`.
        """
        wanted = dict(request)
        known = self.lightpaths.get(wanted["id"])
        if known is not None:
            if known.request != wanted or known.doomed:
                raise Refused(Code.CONFLICT, f"there is another lightpath {wanted['id']!r}")
            return known
        source, destination = self._check(wanted)
        free = [border for border in self.borders.values() if self._free_port(border)]
        found = chain(self.domain_of, free, source, destination, self._distance_km)
        if found is None:
            raise Refused(Code.NO_PATH, f"no free border leads from {source} to {destination}")
        segments, borders = found
        return self._start(wanted, segments, borders, [*map(self._free_port, borders)], now_ns)

    def adopt(
        self, request: Mapping[str, Any], borders: Sequence[str], ports: Sequence[int], now_ns: int
    ) -> Stitched:
        """Start to take over a lightpath that its domains have lit, over these borders and ports.

        It is asked for as any other; the domains say that they have it.
        """
        wanted, way = dict(request), [self.borders[border] for border in borders]
        segments = segments_over(self.domain_of, way, wanted["source"], wanted["destination"])
        return self._start(wanted, segments, way, list(ports), now_ns)

    def delete(self, name: str, now_ns: int) -> None:
        """Start to remove a lightpath, or do so once its set-up has been answered."""
        stitched = self.lightpaths.get(name)
        if stitched is None:
            raise Refused(Code.NOT_FOUND, f"there is no lightpath {name!r}")
        stitched.doomed = True
        self._go_on(stitched, now_ns)

    def answered(self, call: Call, refusal: tuple[Code, str] | None, now_ns: int) -> None:
        """Take a domain's answer: done, or `refusal` as code and sentence.

        The code NOT_FOUND says that a segment is not there, SWITCH_UNREACHABLE that the domain gave
        no answer, so it may or may not have the segment.
        """
        stitched = self.lightpaths[call.lightpath]
        if call.method == "DELETE" and refusal and refusal[0] != Code.NOT_FOUND:
            self._retries.append((now_ns + RETRY_NS, call))
            return
        stitched.waiting.discard(call.segment)
        if call.method == "DELETE":
            stitched.present.discard(call.segment)
        elif refusal:
            if refusal[0] != Code.SWITCH_UNREACHABLE:
                stitched.present.discard(call.segment)
            stitched.refusal = stitched.refusal or (refusal[0], f"{call.domain}: {refusal[1]}")
        self._go_on(stitched, now_ns)

    def told(self, domain: str, event: Mapping[str, Any], now_ns: int) -> None:
        """Take an event of a domain's stream (`north.resources.event`)."""
        kind, subject, data = event["kind"], event["subject"], event["data"]
        for stitched in self.lightpaths.values():
            own = [name for name, s in stitched.segments.items() if s.domain == domain]
            if kind == EventKind.ALARM:
                for name in own:
                    alarm = (name, data["alarm"], subject)
                    stitched.alarms.pop(alarm, None)
                    if data["raised"] and name in data["lightpaths"]:
                        stitched.alarms[alarm] = data["text"]
            elif subject in own and kind in (EventKind.REMOVED, EventKind.PREEMPTED):
                stitched.disabled[subject] = kind
            elif subject in own and kind == EventKind.LIGHTPATH:
                if data["operational"] == Operational.ENABLED:
                    stitched.disabled.pop(subject, None)
                elif data["lifecycle"] == Lifecycle.INSTALLED:
                    stitched.disabled[subject] = Operational.DISABLED
            self._tell(stitched, now_ns)

    def is_quiet(self, stitched: Stitched) -> bool:
        """Return whether nothing is under way but what waits for a domain that was not reached."""
        return stitched.waiting <= {call.segment for _, call in self._retries}

    def next_timer(self) -> int | None:
        """Return when `handle_timer` is due."""
        return min((at_ns for at_ns, _ in self._retries), default=None)

    def handle_timer(self, now_ns: int) -> None:
        """Ask again what is due."""
        self._calls += [call for at_ns, call in self._retries if at_ns <= now_ns]
        self._retries = [retry for retry in self._retries if retry[0] > now_ns]

    def take_calls(self) -> list[Call]:
        """Return the calls to make, and forget them."""
        calls, self._calls = self._calls, []
        return calls

    def take_events(self) -> list[Event]:
        """Return what happened to end-to-end lightpaths, and forget it."""
        events, self._events = self._events, []
        return events

    def _check(self, wanted: Mapping[str, Any]) -> tuple[str, str]:
        """Return the two sites of a request; raise `Refused` for what cannot be asked."""
        ends = (str(wanted["source"]), str(wanted["destination"]))
        for site in ends:
            if site not in self.domain_of or site in self._gateways:
                raise Refused(Code.BAD_REQUEST, f"no domain has a site {site!r}")
        if self.domain_of[ends[0]] != self.domain_of[ends[1]]:
            for key in INSIDE_ONE_DOMAIN:
                if key in wanted:
                    raise Refused(Code.BAD_REQUEST, f"no domain can promise {key} for the others")
            if wanted.get("protection") in TWO_PATHS:
                raise Refused(Code.BAD_REQUEST, f"{wanted['protection']} between domains")
        return ends

    def _start(
        self,
        wanted: dict[str, Any],
        segments: Sequence[Segment],
        borders: list[Border],
        ports: list[int],
        now_ns: int,
    ) -> Stitched:
        name = wanted["id"]
        ids = [f"{name}.{number}" for number in range(1, len(segments) + 1)] if borders else [name]
        known = {own for stitched in self.lightpaths.values() for own in stitched.segments}
        if clash := sorted(known.intersection(ids)):
            raise Refused(Code.CONFLICT, f"{clash[0]} is a segment of another lightpath")
        by_id = dict(zip(ids, segments, strict=True))
        stitched = self.lightpaths[name] = Stitched(wanted, by_id, borders, ports)
        for call in stitched.set_up_calls():
            self._call(stitched, call)
        self._tell(stitched, now_ns)
        return stitched

    def _go_on(self, stitched: Stitched, now_ns: int) -> None:
        if stitched.waiting:
            return
        if not (stitched.doomed or stitched.refusal):
            stitched.lifecycle = Lifecycle.INSTALLED
        elif stitched.present:
            stitched.lifecycle = Lifecycle.PENDING_REMOVAL
            for call in list(stitched.removal_calls()):
                self._call(stitched, call)
        else:
            del self.lightpaths[stitched.id]
        self._tell(stitched, now_ns)

    def _call(self, stitched: Stitched, call: Call) -> None:
        stitched.waiting.add(call.segment)
        stitched.present.add(call.segment)
        self._calls.append(call)

    def _tell(self, stitched: Stitched, now_ns: int) -> None:
        """Tell what has changed for a lightpath, if anything."""
        name, states = stitched.id, (stitched.lifecycle, stitched.operational)
        if name not in self.lightpaths:
            del self._told[name]
            refusal = dict(zip(("code", "text"), stitched.refusal or (), strict=False))
            kind = EventKind.REFUSED if refusal else EventKind.REMOVED
            self._events.append(Event(now_ns, kind, name, refusal))
        elif self._told.get(name) != states:
            self._told[name] = states
            data = {"lifecycle": states[0], "operational": states[1], "reason": stitched.reason}
            self._events.append(Event(now_ns, EventKind.LIGHTPATH, name, data))

    def _free_port(self, border: Border) -> int:
        """Return the first transponder of a border that hands over nothing; 0: there is none."""
        taken = {
            port
            for stitched in self.lightpaths.values()
            for other, port in zip(stitched.borders, stitched.ports, strict=True)
            if other.id == border.id
        }
        return next((port for port in range(1, border.ports + 1) if port not in taken), 0)
