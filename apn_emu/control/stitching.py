"""The parent of several domains' controllers: end-to-end lightpaths from segments. Pure.

A lightpath is asked for in all its domains at once. When one refuses, all others are told to delete
their segments, and are asked again until they have: it leaves nothing anywhere. The parent knows of
a domain its name and its sites, nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from apn_emu.control.domains import Border, Segment, chain
from apn_emu.control.requests import Code, Lifecycle, Refused

RETRY_NS = 1_000_000_000
"""After which a domain that could not be reached is asked again to delete its segment."""


@dataclass(frozen=True)
class Call:
    """A request to a domain's controller, to be answered by `Parent.answered`."""

    method: Literal["PUT", "DELETE"]
    domain: str
    segment: str
    body: dict[str, Any] | None = None


@dataclass
class Stitched:
    """An end-to-end lightpath: its segments by the ids that the domains know."""

    request: dict[str, Any]
    segments: dict[str, Segment]
    borders: list[Border]
    lifecycle: Lifecycle = Lifecycle.PLANNED
    refusal: tuple[str, str] | None = None
    doomed: bool = False
    waiting: set[str] = field(default_factory=set)
    """Segments whose domain has not answered yet."""
    present: set[str] = field(default_factory=set)
    """Segments that a domain has, or may have."""


class Parent:
    """Serves end-to-end requests; calls come out of `take_calls`, answers go into `answered`."""

    def __init__(self, sites: Mapping[str, Sequence[str]], borders: Sequence[Border]) -> None:
        """Take the domains' sites by domain, and the links between them."""
        self.domain_of = {site: domain for domain, own in sites.items() for site in own}
        self.borders = tuple(borders)
        self.lightpaths: dict[str, Stitched] = {}
        self._calls: list[Call] = []
        self._retries: list[tuple[int, Call]] = []

    def create(self, request: Mapping[str, Any]) -> Stitched:
        """Start to set a lightpath up; the same request again changes nothing.

        `request` has id, source, destination and what the domains are told too. Raises `Refused`.
        """
        wanted = dict(request)
        name = wanted["id"]
        known = self.lightpaths.get(name)
        if known is not None:
            if known.request != wanted or known.doomed:
                raise Refused(Code.CONFLICT, f"there is another lightpath {name!r}")
            return known
        ends = (wanted["source"], wanted["destination"])
        for site in ends:
            if site not in self.domain_of:
                raise Refused(Code.BAD_REQUEST, f"no domain has a site {site!r}")
        found = chain(self.domain_of, self._free_borders(), *ends)
        if found is None:
            raise Refused(Code.NO_PATH, f"no free border link leads from {ends[0]} to {ends[1]}")
        segments = {f"{name}.{number}": segment for number, segment in enumerate(found[0], 1)}
        stitched = self.lightpaths[name] = Stitched(wanted, segments, found[1])
        more = {k: v for k, v in wanted.items() if k not in ("id", "source", "destination")}
        for own, segment in segments.items():
            body = {"source": segment.source, "destination": segment.destination, **more}
            self._call(stitched, Call("PUT", segment.domain, own, body))
        return stitched

    def delete(self, name: str) -> None:
        """Start to remove a lightpath, or do so once its set-up has been answered."""
        stitched = self.lightpaths.get(name)
        if stitched is None:
            raise Refused(Code.NOT_FOUND, f"there is no lightpath {name!r}")
        stitched.doomed = True
        self._go_on(stitched)

    def answered(self, call: Call, refusal: tuple[str, str] | None, now_ns: int) -> None:
        """Take a domain's answer: done, or `refusal` as code and sentence.

        The code NOT_FOUND says that a segment is not there, SWITCH_UNREACHABLE that the domain gave
        no answer, so it may or may not have the segment.
        """
        stitched = self.lightpaths[call.segment.rpartition(".")[0]]
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
        self._go_on(stitched)

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

    def _go_on(self, stitched: Stitched) -> None:
        if stitched.waiting:
            return
        if not (stitched.doomed or stitched.refusal):
            stitched.lifecycle = Lifecycle.INSTALLED
        elif stitched.present:
            stitched.lifecycle = Lifecycle.PENDING_REMOVAL
            for own in sorted(stitched.present):
                self._call(stitched, Call("DELETE", stitched.segments[own].domain, own))
        else:
            del self.lightpaths[stitched.request["id"]]

    def _call(self, stitched: Stitched, call: Call) -> None:
        stitched.waiting.add(call.segment)
        stitched.present.add(call.segment)
        self._calls.append(call)

    def _free_borders(self) -> list[Border]:
        taken = Counter(border.id for s in self.lightpaths.values() for border in s.borders)
        return [border for border in self.borders if taken[border.id] < border.ports]
