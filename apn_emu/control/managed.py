"""A lightpath in the controller's care: what was asked, what it holds, where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace

from apn_emu.control.procedures import Failure, Timer
from apn_emu.control.requests import (
    Administrative,
    Code,
    Lifecycle,
    LightpathRequest,
    LightpathStatus,
    Operational,
)
from apn_emu.control.rules import Rule, cross_connects, shelf_rules
from apn_emu.planning.lightpaths import ONE_PLUS_ONE, Lightpath, Path
from apn_emu.planning.plan import Plan

SHELVES = "shelves"
"""Key of the shelves' rules beside the ids of the paths."""


@dataclass
class Managed:
    """One lightpath. `installed` holds what was sent for it: rules by path id, or `SHELVES`."""

    request: LightpathRequest
    lightpath: Lightpath
    cookie: int
    lifecycle: Lifecycle = Lifecycle.PLANNED
    administrative: Administrative = Administrative.UNLOCKED
    operational: Operational = Operational.DISABLED
    busy: bool = True
    """A procedure is at work on it."""
    doomed: bool = False
    """It shall be removed as soon as that procedure lets it."""
    installed: dict[str, list[Rule]] = field(default_factory=dict)
    tuned: set[str] = field(default_factory=set)
    """Paths whose transponders were told to hold them."""
    dark: set[tuple[str, str, str]] = field(default_factory=set)
    """(path id, site, alarm) of receivers that get no frames."""
    selected: dict[str, str] = field(default_factory=dict)
    home: dict[str, Path] = field(default_factory=dict)
    """First paths of those that were restored elsewhere."""
    unrestored: dict[str, tuple[Code, str]] = field(default_factory=dict)
    barred: dict[str, Failure] = field(default_factory=dict)
    """Paths whose move was refused: not tried again before something has changed."""
    preempted: bool = False
    timers: dict[str, Timer] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.select(self.lightpath.id)

    @property
    def id(self) -> str:
        """Id of the lightpath, the client's own."""
        return self.lightpath.id

    @property
    def sites(self) -> tuple[str, str]:
        """The sites of both ends."""
        return self.lightpath.a.site, self.lightpath.b.site

    @property
    def in_service(self) -> bool:
        """Whether switches may send packets to it."""
        return self.lifecycle is Lifecycle.INSTALLED

    @property
    def active(self) -> Path:
        """The path that carries frames where the controller decides it (1:1)."""
        return self.path(self.selected[self.sites[0]])

    def path(self, path_id: str) -> Path:
        """Return the working or the protecting path by its id."""
        return next(path for path in self.lightpath.paths if path.id == path_id)

    def select(self, path_id: str) -> None:
        """Note that the clients of both sites get this path."""
        self.selected = dict.fromkeys(self.sites, path_id)

    def is_dark(self, path_id: str) -> bool:
        """Return whether a path brings no frames to one of its ends."""
        return any(name == path_id for name, _, _ in self.dark)

    def works(self) -> bool:
        """Return whether frames pass in both directions, once receivers have selected."""
        if self.request.protection in ONE_PLUS_ONE:
            paths = self.lightpath.paths
            dark = {(path_id, site) for path_id, site, _ in self.dark}
            return all(any((p.id, site) not in dark for p in paths) for site in self.sites)
        return not self.is_dark(self.active.id)

    def put_path(self, path: Path) -> None:
        """Take another working or protecting path in the place of the one with this id."""
        if path.id != self.id:
            self.lightpath = replace(self.lightpath, protecting=path)
        else:
            changed = {f.name: getattr(path, f.name) for f in fields(Path)}
            self.lightpath = replace(self.lightpath, **changed)

    def cross_connects(self, plan: Plan, path: Path) -> list[Rule]:
        """Return the rules of a path's ROADMs."""
        return cross_connects(plan, path, self.cookie)

    def shelf_rules(self, plan: Plan) -> list[Rule]:
        """Return the rules of both shelves."""
        return shelf_rules(plan, self.lightpath, self.cookie, self.active)

    def rules(self) -> Iterator[Rule]:
        """Yield all rules that were sent for it."""
        for rules in self.installed.values():
            yield from rules

    def cancel(self, name: str) -> None:
        """Cancel the timer of that name, if there is one."""
        if timer := self.timers.pop(name, None):
            timer.cancel()

    def status(self) -> LightpathStatus:
        """Return what the world may know."""
        return LightpathStatus(
            lightpath=self.lightpath,
            lifecycle=self.lifecycle,
            administrative=self.administrative,
            operational=self.operational,
            selected=dict(self.selected),
            restored=tuple(sorted(self.home)),
            unrestored=dict(self.unrestored),
        )


def request_of(lightpath: Lightpath, plan: Plan) -> LightpathRequest:
    """Return the request that a lightpath of the plan stands for; ports count at gateways."""
    gateways = {gateway.id for gateway in plan.gateways}
    ports = [end.line_port if end.site in gateways else None for end in lightpath.ends]
    return LightpathRequest(
        id=lightpath.id,
        source=lightpath.a.site,
        destination=lightpath.b.site,
        rate_bps=lightpath.rate_bps,
        protection=lightpath.protection,
        disjoint=lightpath.disjoint,
        priority=lightpath.priority,
        source_port=ports[0],
        destination_port=ports[1],
        remote=lightpath.remote,
    )
