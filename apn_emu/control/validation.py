"""Whether a request can be understood, before anything is looked for."""

from __future__ import annotations

import re

from apn_emu.control.requests import Code, LightpathRequest, Refused
from apn_emu.planning.plan import Gateway, Plan

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._#:-]{0,127}")
PROTECTIONS = ("none", "1+1", "1:1", "restoration", "1+1+restoration")
DISJOINT = ("link", "node", "srlg")


def check(request: LightpathRequest, plan: Plan) -> None:
    """Raise `Refused` for a request that names what does not exist or contradicts itself."""
    if not _NAME.fullmatch(request.id):
        raise _bad(f"{request.id!r} is no id: it matches {_NAME.pattern}")
    source, destination = request.source, request.destination
    ends = {source: request.source_port, destination: request.destination_port}
    for site, port in ends.items():
        if site not in plan.terminal_by_id:
            known = ", ".join(sorted(plan.terminal_by_id))
            raise _bad(f"there is no site {site!r}; known: {known}")
        if port is None and isinstance(plan.terminal_by_id[site], Gateway):
            raise _bad(f"{site} is a gateway: which of its transponders?")
    if request.remote and request.remote not in plan.remote_sites:
        raise _bad(f"no other domain has a site {request.remote!r}")
    if source == destination:
        raise _bad(f"the lightpath joins {source} to itself")
    check_rate(request.rate_bps)
    for value, choice in ((request.protection, PROTECTIONS), (request.disjoint, DISJOINT)):
        if value not in choice:
            raise _bad(f"{value!r} is not known; write {', '.join(choice)}")


def check_rate(rate_bps: int) -> None:
    """Raise `Refused` for a rate that is none."""
    if rate_bps <= 0:
        raise _bad("a rate is above 0")


def _bad(text: str) -> Refused:
    return Refused(Code.BAD_REQUEST, text)
