"""The service's reason codes as HTTP problems."""

from __future__ import annotations

from http import HTTPStatus

from apn_emu.control.north.exchange import Problem
from apn_emu.control.requests import Code

STATUS: dict[Code, int] = {
    Code.BAD_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    Code.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Code.SWITCH_UNREACHABLE: HTTPStatus.SERVICE_UNAVAILABLE,
    Code.SWITCH_REFUSED: HTTPStatus.BAD_GATEWAY,
    Code.TRANSPONDER_FAILED: HTTPStatus.BAD_GATEWAY,
}
"""All other reasons lie in what the network holds at the moment: 409."""

REFUSALS = (HTTPStatus.CONFLICT, HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE)

BUSY_RETRY_S = 1


def refusal(code: Code, text: str) -> Problem:
    """Return the problem of a refused request."""
    headers = {"Retry-After": str(BUSY_RETRY_S)} if code is Code.BUSY else {}
    return Problem(STATUS.get(code, HTTPStatus.CONFLICT), code, text, headers=headers)
