"""report.html: a run on one page that needs nothing else, to open, mail and print. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apn_emu.results.report.atlas import atlas
from apn_emu.results.report.markup import page
from apn_emu.results.report.sections import after, before
from apn_emu.results.result import Result

__all__ = ["report_html"]


def report_html(result: Result, plan: Mapping[str, Any] | None, command: str) -> str:
    """Return the page; `command` is what reproduces the run from the scenario's file.

    `plan` is what plan.json holds; without one there is no map and no spectrum.
    """
    sections = [
        *before(result),
        *(atlas(plan) if plan else ()),
        *after(result, command),
    ]
    return page(result.name, str(result.scenario.get("description", "")), sections)
