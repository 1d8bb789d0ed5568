"""report.html: a run on one page that needs nothing else, to open, mail and print. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from apn_emu.results.matrices import matrices
from apn_emu.results.report.atlas import atlas, fibres
from apn_emu.results.report.markup import Section, page
from apn_emu.results.report.origin import reproduction, versions
from apn_emu.results.report.sections import (
    baselines,
    expectations,
    heat_map,
    lightpaths,
    measurements,
    overview,
    scorecard,
)
from apn_emu.results.report.what_failed import what_failed
from apn_emu.results.result import Result

__all__ = ["report_html"]


def report_html(result: Result, plan: Mapping[str, Any] | None, command: str) -> str:
    """Return the page; `command` is what reproduces the run from the scenario's file.

    `plan` is what plan.json holds; without one there is no map and no spectrum.
    """
    description = str(result.scenario.get("description", ""))
    sections = _sections(result, plan, command)
    return page(result.name, description, sections, overview(result, plan))


def _sections(result: Result, plan: Mapping[str, Any] | None, command: str) -> Iterator[Section]:
    yield expectations(result)
    yield scorecard(result)
    yield baselines(result)
    if plan:
        yield from atlas(plan)
    yield lightpaths(result, plan)
    yield from map(heat_map, matrices(result))
    yield measurements(result)
    yield from what_failed(result)
    if plan:
        yield fibres(plan)
    yield versions(result)
    yield reproduction(dict(result.scenario), command)
