"""What is asked of the lightpath service, what it answers, and what it tells. No dependency."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from apn_emu.planning.lightpaths import Lightpath


class Code(StrEnum):
    """Why something was refused, undone or could not be restored.

    Those of the allocator (`allocation.demands.Reason`, after RFC 5440) come with the same names.
    """

    NO_PATH = "NO_PATH"
    NO_PATH_WITH_CONSTRAINT = "NO_PATH_WITH_CONSTRAINT"
    NO_SPECTRUM = "NO_SPECTRUM"
    NO_FEASIBLE_BAUDRATE_WITH_SPACING = "NO_FEASIBLE_BAUDRATE_WITH_SPACING"
    NO_FEASIBLE_MODE = "NO_FEASIBLE_MODE"
    MODE_NOT_FEASIBLE = "MODE_NOT_FEASIBLE"
    NO_TRANSPONDER = "NO_TRANSPONDER"
    EXISTING_LIGHTPATH_HARMED = "EXISTING_LIGHTPATH_HARMED"
    BAD_REQUEST = "BAD_REQUEST"
    """The request names what does not exist or contradicts itself."""
    NOT_FOUND = "NOT_FOUND"
    """There is no lightpath of that id."""
    CONFLICT = "CONFLICT"
    """The id is taken by a lightpath that was asked for otherwise."""
    BUSY = "BUSY"
    """The lightpath is being set up, changed or removed: ask again."""
    SWITCH_UNREACHABLE = "SWITCH_UNREACHABLE"
    """A ROADM, shelf or switch that is needed has no connection to the controller."""
    SWITCH_REFUSED = "SWITCH_REFUSED"
    """A ROADM, shelf or switch refused a rule; all others were undone."""
    TRANSPONDER_FAILED = "TRANSPONDER_FAILED"
    """A transponder's agent could not do what it was told, or is not connected."""
    PREEMPTED = "PREEMPTED"
    """A lightpath of higher priority was restored in its place."""
    CANCELLED = "CANCELLED"
    """The lightpath was deleted meanwhile."""


class Refused(Exception):
    """A request was refused and has left nothing behind."""

    def __init__(self, code: Code, text: str) -> None:
        self.code = code
        self.text = text
        super().__init__(f"{code}: {text}")


@dataclass(frozen=True)
class LightpathRequest:
    """A lightpath as a client asks for it: `id` is the client's, repeating it changes nothing.

    `mode` (a name) and `route` (nodes, both sites included) prescribe what else is chosen;
    `max_latency_us` is one way. `protection`, `disjoint` and `priority` as in a scenario.
    """

    id: str
    source: str
    destination: str
    rate_bps: int
    protection: str = "none"
    disjoint: str = "node"
    priority: int = 0
    mode: str | None = None
    route: tuple[str, ...] | None = None
    max_latency_us: float | None = None
    source_port: int | None = None
    destination_port: int | None = None
    """Transponder at that end, from 1; where none is stated, one that is free."""
    remote: str = ""
    """Of a segment of an end-to-end lightpath: the site of another domain that it leads to."""


class Lifecycle(StrEnum):
    """Lifecycle states of T-API (tapi-common:lifecycle-state)."""

    PLANNED = "PLANNED"
    INSTALLED = "INSTALLED"
    PENDING_REMOVAL = "PENDING_REMOVAL"


class Administrative(StrEnum):
    """Administrative states of T-API: whether it may be used."""

    LOCKED = "LOCKED"
    UNLOCKED = "UNLOCKED"


class Operational(StrEnum):
    """Operational states of T-API: whether it works."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


@dataclass(frozen=True)
class LightpathStatus:
    """A lightpath as it is now.

    `selected` is the id of the path that its clients get at each site; `unrestored` holds, for each
    path that is dark and could not be restored, the reason.
    """

    lightpath: Lightpath
    lifecycle: Lifecycle
    administrative: Administrative
    operational: Operational
    selected: dict[str, str]
    restored: tuple[str, ...] = ()
    """Ids of the paths that are not on the route they had first."""
    unrestored: dict[str, tuple[Code, str]] = field(default_factory=dict)


class EventKind(StrEnum):
    """What the service tells."""

    LIGHTPATH = "lightpath"
    """A state or a path of a lightpath changed; `data` holds the states and what it was."""
    REMOVED = "removed"
    REFUSED = "refused"
    """A set-up or a change was undone; `data` has `code` and `text`."""
    SWITCHED = "switched"
    """The clients at `site` get the path `path` from now on."""
    RESTORED = "restored"
    """A path found a new route, or (`reverted`) its first one again."""
    NOT_RESTORED = "not-restored"
    PREEMPTED = "preempted"
    ALARM = "alarm"
    """Raised or cleared: `data` has `kind`, `raised` and the affected `lightpaths`."""
    READY = "ready"
    """A parent controller has taken over what the plan lights, and serves."""
    SWITCH = "switch"
    """A switch has all its rules (`ready`), with the `refused` ones, or its connection was lost."""


@dataclass(frozen=True)
class Event:
    """Something that happened; `subject` is a lightpath, a fibre or a switch."""

    at_ns: int
    kind: EventKind
    subject: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Alarm:
    """An active alarm: what, where, since when, and which lightpaths it touches."""

    kind: str
    resource: str
    since_ns: int
    lightpaths: tuple[str, ...]
    text: str = ""
