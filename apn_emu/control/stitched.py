"""An end-to-end lightpath as its parent controller knows it: segments, states, what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from apn_emu.control.domains import Segment
from apn_emu.control.requests import Code, Lifecycle, Operational
from apn_emu.planning.domains import Border

OWN = ("id", "source", "destination", "source_port", "destination_port")
"""Fields of a request that each segment has for itself."""


@dataclass(frozen=True)
class Call:
    """A request to a domain's controller, to be answered by `Parent.answered`."""

    method: Literal["PUT", "DELETE"]
    lightpath: str
    domain: str
    segment: str
    body: dict[str, Any] | None = None


@dataclass
class Stitched:
    """An end-to-end lightpath: its segments by the ids that the domains know.

    `ports` are the transponders that hand it over, one a border.
    """

    request: dict[str, Any]
    segments: dict[str, Segment]
    borders: list[Border]
    ports: list[int]
    lifecycle: Lifecycle = Lifecycle.PLANNED
    refusal: tuple[Code, str] | None = None
    doomed: bool = False
    waiting: set[str] = field(default_factory=set)
    """Segments whose domain has not answered yet."""
    present: set[str] = field(default_factory=set)
    """Segments that a domain has, or may have."""
    disabled: dict[str, str] = field(default_factory=dict)
    """Segments that do not work now, and what they are instead."""
    alarms: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Active alarms, by segment, kind and resource, with what they say."""

    @property
    def id(self) -> str:
        """The client's id."""
        return str(self.request["id"])

    @property
    def operational(self) -> Operational:
        """Whether frames pass from end to end."""
        works = self.lifecycle is Lifecycle.INSTALLED and not self.disabled
        return Operational.ENABLED if works else Operational.DISABLED

    @property
    def reason(self) -> str:
        """What is wrong, domain by domain; empty when nothing is."""
        return "; ".join(
            f"{self.segments[own].domain}: {', '.join(self._alarms_of(own)) or f'{own} is {state}'}"
            for own, state in sorted(self.disabled.items())
        )

    def _alarms_of(self, own: str) -> Iterator[str]:
        for (segment, kind, resource), text in self.alarms.items():
            if segment == own:
                yield f"{kind} {resource} {text}".rstrip()

    def set_up_calls(self) -> Iterator[Call]:
        """Yield the request for each segment."""
        common = {key: value for key, value in self.request.items() if key not in OWN}
        starts = (self.request.get("source_port"), *self.ports)
        ends = (*self.ports, self.request.get("destination_port"))
        beyond = {0: "destination", len(self.ports): "source"} if self.ports else {}
        for number, (own, segment) in enumerate(self.segments.items()):
            optional = {
                "source_port": starts[number],
                "destination_port": ends[number],
                "remote": self.request.get(beyond.get(number, "")),
            }
            given = {key: value for key, value in optional.items() if value is not None}
            body = {"source": segment.source, "destination": segment.destination, **common, **given}
            yield Call("PUT", self.id, segment.domain, own, body)

    def removal_calls(self) -> Iterator[Call]:
        """Yield the request for each segment that a domain may have."""
        for own in sorted(self.present):
            yield Call("DELETE", self.id, self.segments[own].domain, own)
