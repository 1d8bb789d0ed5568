"""Reads a request from what HTTP brings; refuses what is not wanted before it is kept."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from apn_emu.control.north.exchange import JSON, YANG, Problem

MAX_BODY_BYTES = 64 * 2**10


def read_target(target: str) -> tuple[str, dict[str, str]]:
    """Return the decoded path and query of a request's target."""
    address = urlsplit(target)
    try:
        path = unquote(address.path, errors="strict")
        return path, dict(parse_qsl(address.query, keep_blank_values=True, errors="strict"))
    except ValueError as error:
        raise _malformed("the address is not UTF-8") from error


def body_length(lengths: list[str], encoded: bool) -> int:
    """Return the bytes to read, given all Content-Length headers and whether the body is encoded
    for transfer."""
    if encoded:
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "length-required", "send a Content-Length")
    if not lengths:
        return 0
    if len(set(lengths)) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
        raise _malformed("Content-Length is not a number")
    if len(lengths[0]) > 18 or int(lengths[0]) > MAX_BODY_BYTES:
        detail = f"a body has {MAX_BODY_BYTES} bytes at most"
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too-large", detail)
    return int(lengths[0])


def read_body(data: bytes, media_type: str) -> Any:
    """Return the JSON value of a body, None of an empty one."""
    if not data:
        return None
    if media_type not in (JSON, YANG):
        detail = f"{media_type} is not understood; send Content-Type: {JSON}"
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "media-type", detail)
    try:
        return json.loads(
            data, object_pairs_hook=_unique, parse_constant=_refuse, parse_float=_number
        )
    except ValueError as error:
        raise _malformed(f"not JSON: {error}") from error
    except RecursionError as error:
        raise _malformed("not JSON that can be read: it is nested too deep") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice in an object")
    return found


def _number(text: str) -> float | int:
    """Return `4e11` and `4.0` as integers, as JSON Schema (2020-12, 4.2.3) has them."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number of JSON")


def _malformed(detail: str) -> Problem:
    return Problem(HTTPStatus.BAD_REQUEST, "malformed", detail)
