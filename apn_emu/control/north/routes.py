"""Paths and methods of the north side: the router's table, and what the description shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus

from apn_emu.control.north.exchange import Problem


@dataclass(frozen=True)
class Route:
    """One operation. `path` is a template like `/v1/lightpaths/{id}`, `request` and `response`
    name schemas; `many` says that the answer is a list of them."""

    method: str
    path: str
    operation: str
    summary: str
    request: str | None = None
    response: str | None = None
    many: bool = False
    success: tuple[int, ...] = (HTTPStatus.OK,)
    problems: tuple[int, ...] = ()
    tag: str = "lightpaths"
    waits: bool = False
    """Whether the client can ask to be answered only when all is done (RFC 7240, `wait`)."""
    media_type: str = field(default="application/json")

    @cached_property
    def names(self) -> list[str]:
        """Parameters in the path."""
        return re.findall(r"\{(\w+)\}", self.path)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the whole path matches."""
        pieces = re.split(r"\{\w+\}", self.path)
        return re.compile("([^/]+)".join(map(re.escape, pieces)))


def find(routes: Sequence[Route], method: str, path: str) -> tuple[Route, dict[str, str]]:
    """Return the route and the parameters of a path; raise `Problem` (404, 405)."""
    allowed = []
    for route in routes:
        match = route.pattern.fullmatch(path)
        if match and route.method == method:
            return route, dict(zip(route.names, match.groups(), strict=True))
        if match:
            allowed.append(route.method)
    if allowed:
        methods = ", ".join(allowed)
        detail = f"{path} takes {methods}, not {method}"
        raise Problem(405, "method", detail, headers={"Allow": methods})
    raise Problem(404, "no-resource", f"there is nothing at {path}; see /openapi.json")
