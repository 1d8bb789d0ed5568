"""The resources of the REST interface, made from the plan and the service's states. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from apn_emu.control.north.identity import site_point
from apn_emu.control.requests import Alarm, Event, LightpathStatus
from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.planning.lightpaths import Path
from apn_emu.planning.plan import Plan, Terminal


def lightpath(status: LightpathStatus) -> dict[str, Any]:
    """Return a lightpath with its states and paths."""
    it = status.lightpath
    return {
        "id": it.id,
        "source": it.a.site,
        "destination": it.b.site,
        "rate_bps": it.rate_bps,
        "protection": it.protection,
        "priority": it.priority,
        "lifecycle_state": status.lifecycle,
        "administrative_state": status.administrative,
        "operational_state": status.operational,
        "selected": status.selected,
        "restored": list(status.restored),
        "unrestored": {
            path: {"code": code, "detail": text} for path, (code, text) in status.unrestored.items()
        },
        "paths": [_path(role, path) for role, path in _roles(status)],
    }


def _roles(status: LightpathStatus) -> Iterator[tuple[str, Path]]:
    return zip(("working", "protecting"), status.lightpath.paths, strict=False)


def _path(role: str, path: Path) -> dict[str, Any]:
    return {
        "id": path.id,
        "role": role,
        "route": list(path.route),
        "fibres": list(path.fibres),
        "length_km": path.length_km,
        "centre_thz": path.centre_thz,
        "width_ghz": path.channel_width * UNIT_GHZ,
        "mode": path.mode,
        "latency_us": path.latency.total_ns / 1e3,
        "frame_loss": path.frame_loss,
        "qot": path.qot,
    }


def quality(statuses: Iterable[LightpathStatus]) -> list[dict[str, Any]]:
    """Return the quality of transmission of every path."""
    return [
        {"path": path.id, "lightpath": status.lightpath.id, "mode": path.mode, **path.qot}
        for status in statuses
        for path in status.lightpath.paths
    ]


def used_transponders(site: Terminal, statuses: Iterable[LightpathStatus]) -> int:
    """Return how many of a site's line ports belong to lightpaths."""
    paths = (path for status in statuses for path in status.lightpath.paths)
    return sum(end.site == site.id for path in paths for end in path.ends)


def topology(plan: Plan, statuses: Sequence[LightpathStatus]) -> dict[str, Any]:
    """Return nodes and fibre pairs."""
    return {
        "name": plan.network,
        "nodes": [_node(plan, roadm.id, statuses) for roadm in plan.roadms],
        "links": [
            {
                "id": fibre.id,
                "a": fibre.a,
                "b": fibre.b,
                "length_km": fibre.length_km,
                "amplifiers": fibre.amplifiers,
                "delay_us": fibre.delay_ns / 1e3,
            }
            for fibre in plan.fibres
        ],
    }


def _node(plan: Plan, node: str, statuses: Sequence[LightpathStatus]) -> dict[str, Any]:
    site = plan.terminal_by_id.get(node)
    return {"id": node} if site is None else {"id": node, **_transponders(site, statuses)}


def _transponders(site: Terminal, statuses: Sequence[LightpathStatus]) -> dict[str, int]:
    free = site.transponders - used_transponders(site, statuses)
    return {"transponders": site.transponders, "free_transponders": free}


def service_interface_points(
    plan: Plan, statuses: Sequence[LightpathStatus]
) -> list[dict[str, Any]]:
    """Return where a lightpath can end: one point a site, for all its transponders."""
    return [
        {"uuid": site_point(site.id), "site": site.id, **_transponders(site, statuses)}
        for site in plan.terminals
    ]


def spectrum(plan: Plan, statuses: Iterable[LightpathStatus]) -> list[dict[str, Any]]:
    """Return the channels on each fibre pair, from low to high frequency."""
    paths = [path for status in statuses for path in status.lightpath.paths]
    return [
        {"fibre": fibre.id, "channels": [_channel(path) for path in crossing(fibre.id, paths)]}
        for fibre in plan.fibres
    ]


def crossing(fibre: str, paths: Iterable[Path]) -> list[Path]:
    """Return the paths on a fibre pair, from low to high frequency."""
    return sorted((p for p in paths if fibre in p.fibres), key=lambda p: (p.channel_lower, p.id))


def edges_thz(path: Path) -> tuple[float, float]:
    """Return the lower and upper edge of a path's channel in THz."""
    half_thz = path.channel_width * UNIT_GHZ / 2e3
    return round(path.centre_thz - half_thz, 6), round(path.centre_thz + half_thz, 6)


def _channel(path: Path) -> dict[str, Any]:
    lower_thz, upper_thz = edges_thz(path)
    return {
        "path": path.id,
        "lower_thz": lower_thz,
        "upper_thz": upper_thz,
        "centre_thz": path.centre_thz,
    }


def alarm(it: Alarm) -> dict[str, Any]:
    """Return an active alarm."""
    return {
        "kind": it.kind,
        "resource": it.resource,
        "since_s": it.since_ns / 1e9,
        "lightpaths": list(it.lightpaths),
        "text": it.text,
    }


def event(it: Event) -> dict[str, Any]:
    """Return what happened, as the event stream carries it."""
    return {"at_s": it.at_ns / 1e9, "kind": it.kind, "subject": it.subject, "data": it.data}
