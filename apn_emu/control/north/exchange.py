"""One HTTP exchange in plain data, and how errors are told (RFC 9457, RFC 8040 section 7.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

JSON = "application/json"
PROBLEM = "application/problem+json"
YANG = "application/yang-data+json"
"""RFC 8040's media type for data that a YANG module describes."""

RESTCONF = "/restconf"

ERROR_TAGS = {
    400: "invalid-value",
    404: "invalid-value",
    405: "operation-not-supported",
    409: "in-use",
    413: "too-big",
    422: "invalid-value",
}
"""NETCONF error tags by status (RFC 8040, section 7)."""


@dataclass(frozen=True)
class Request:
    """What a client asks: `path` decoded, `body` already read from JSON, None if there is none."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    """By name in small letters."""
    body: Any = None


@dataclass(frozen=True)
class Response:
    """What it gets: `body` is turned into JSON; None sends nothing."""

    status: int = HTTPStatus.OK
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = JSON
    pending: str | None = None
    """The lightpath whose set-up, change or removal has only begun."""

    def encoded(self) -> bytes:
        """Return the body as bytes."""
        return b"" if self.body is None else json.dumps(self.body).encode() + b"\n"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a request's body: where (RFC 6901 JSON pointer) and what."""

    pointer: str
    detail: str


class Problem(Exception):
    """A request that cannot be met, with a reason code for programs and a sentence for people."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.faults, self.headers = tuple(faults), dict(headers or {})

    def response(self, path: str) -> Response:
        """Return the answer in the shape that clients of that path expect."""
        if path.startswith(RESTCONF):
            return Response(self.status, self._restconf(), self.headers, YANG)
        body = {
            "type": f"urn:apn-emu:problem:{self.code}",
            "title": HTTPStatus(self.status).phrase,
            "status": int(self.status),
            "code": self.code,
            "detail": self.detail,
        }
        if self.faults:
            body["errors"] = [vars(fault) for fault in self.faults]
        return Response(self.status, body, self.headers, PROBLEM)

    def _restconf(self) -> dict[str, Any]:
        faults = self.faults or (Fault("", self.detail),)
        errors = [
            {
                "error-type": "application",
                "error-tag": ERROR_TAGS.get(self.status, "operation-failed"),
                "error-app-tag": self.code,
                "error-message": f"{fault.pointer}: {fault.detail}".removeprefix(": "),
            }
            for fault in faults
        ]
        return {"ietf-restconf:errors": {"error": errors}}
