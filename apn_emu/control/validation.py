"""Whether a request can be understood, before anything is looked for."""

from __future__ import annotations

import re

from apn_emu.control.requests import Code, LightpathRequest, Refused
from apn_emu.planning.plan import Plan

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#:-]{0,127}")
PROTECTIONS = ("none", "1+1", "1:1", "restoration", "1+1+restoration")
DISJOINT = ("link", "node", "srlg")


def check(request: LightpathRequest, plan: Plan) -> None:
    """Raise `Refused` for a request that names what does not exist or contradicts itself."""
    if not _NAME.fullmatch(request.id):
        raise _bad(f"{request.id!r} is no id: it matches {_NAME.pattern}")
    for site in (request.source, request.destination):
        if site not in plan.site_by_id:
            raise _bad(f"there is no site {site!r}; known: {', '.join(sorted(plan.site_by_id))}")
    if request.source == request.destination:
        raise _bad(f"the lightpath joins {request.source} to itself")
    check_rate(request.rate_bps)
    for value, known in ((request.protection, PROTECTIONS), (request.disjoint, DISJOINT)):
        if value not in known:
            raise _bad(f"{value!r} is not known; write {', '.join(known)}")


def check_rate(rate_bps: int) -> None:
    """Raise `Refused` for a rate that is none."""
    if rate_bps <= 0:
        raise _bad("a rate is above 0")


def _bad(text: str) -> Refused:
    return Refused(Code.BAD_REQUEST, text)
