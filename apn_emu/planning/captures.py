"""Where packets can be captured, by the names that a user writes. Pure.

A place is a server (`tokyo/1`), the line side of a transponder (`apnt-tokyo:1`), the end of a
lightpath's path (`tokyo-chiba@tokyo`), which is the line side of the transponder that it has there,
or the port of a ROADM towards a fibre (`roadm-tokyo:omiya-tokyo`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from apn_emu.errors import InputError, Problem
from apn_emu.planning.places import Capture
from apn_emu.planning.plan import Plan
from apn_emu.scenario.schema import Scenario

MAX_CAPTURES = 16
"""Each takes 16 MiB of the guest's memory while it runs."""

Port = tuple[str, int]
"""A node of the emulated network and the number of its port."""


def with_captures(plan: Plan, scenario: Scenario) -> Plan:
    """Return the plan with the scenario's captures.

    Raises `InputError` with all places that are not there, or there twice.
    """
    known = _places(plan)
    found: dict[str, Capture] = {}
    problems: list[Problem] = []
    there: str | None = _remedy(plan)
    for index, written in enumerate(scenario.captures):
        place = f"{written}/1" if written in plan.site_by_id else written
        where = scenario.where("captures", index)
        if place not in known:
            problems.append(where.problem(f"there is no place {written!r}", there))
            there = None  # the list stands once
        elif place in found:
            problems.append(where.problem(f"{written} is captured twice", "leave one out"))
        else:
            found[place] = Capture(place, _file_name(place), *known[place])
    if len(found) > MAX_CAPTURES:
        message = f"{len(found)} places are more than {MAX_CAPTURES}"
        problems.append(scenario.where("captures").problem(message, "capture at fewer"))
    if problems:
        raise InputError(problems)
    return replace(plan, captures=tuple(found.values()))


def _file_name(place: str) -> str:
    return f"{place.translate(str.maketrans('/:@', '...'))}.pcapng"


def _places(plan: Plan) -> dict[str, Port]:
    return dict([*_servers(plan), *_transponders(plan), *_path_ends(plan), *_fibre_ports(plan)])


def _servers(plan: Plan) -> Iterator[tuple[str, Port]]:
    for site in plan.sites:
        for number, server in enumerate(site.servers, 1):
            yield f"{site.id}/{number}", (server.name, 0)


def _transponders(plan: Plan) -> Iterator[tuple[str, Port]]:
    for site in plan.terminals:
        shelf = f"apnt-{site.id}"
        for number in range(1, site.transponders + 1):
            yield f"{shelf}:{number}", (shelf, number)


def _path_ends(plan: Plan) -> Iterator[tuple[str, Port]]:
    for path in plan.paths:
        for end in path.ends:
            yield f"{path.id}@{end.site}", (f"apnt-{end.site}", end.line_port)


def _fibre_ports(plan: Plan) -> Iterator[tuple[str, Port]]:
    for fibre in plan.fibres:
        for node, port in ((fibre.a, fibre.a_port), (fibre.b, fibre.b_port)):
            yield f"roadm-{node}:{fibre.id}", (f"roadm-{node}", port)


def _remedy(plan: Plan) -> str:
    """Return what there is, kind by kind."""
    shelves = (f"apnt-{s.id}:1 to :{s.transponders}" for s in plan.terminals if s.transponders)
    kinds = {
        "servers": (place for place, _ in _servers(plan)),
        "lightpaths' ends": (place for place, _ in _path_ends(plan)),
        "line sides of transponders": shelves,
        "ROADMs' fibre ports": (place for place, _ in _fibre_ports(plan)),
    }
    listed = {kind: ", ".join(places) for kind, places in kinds.items()}
    return "; ".join(f"{kind}: {places}" for kind, places in listed.items() if places)
