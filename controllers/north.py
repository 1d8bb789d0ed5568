"""The controller's REST interface: requests to the service, and waiting where a client wants it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus

from apn_emu.controllers.rest import RestServer
from apn_emu.controllers.shell import Shell

from apn_emu.control.north.events import KEEP_ALIVE, EventLog, Numbered
from apn_emu.control.north.exchange import Problem, Request, Response

EVENTS = "/v1/events"
MAX_WAIT_S = 3600.0
KEEP_ALIVE_S = 15.0
"""A comment is sent this often, by which a client that is gone is noticed."""
MAX_STREAMS = 32


class North:
    """Answers requests; its methods run in the threads of their connections."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._streams = 0

    def server(self, address: tuple[str, int]) -> RestServer:
        """Return the server; `serve_forever` runs it."""
        return RestServer(address, self.handle)

    def handle(self, request: Request) -> Response | Iterator[bytes]:
        """Answer a request; raise `Problem`."""
        if (request.method, request.path) == ("GET", EVENTS):
            return self._stream(request)
        with self._shell.entered() as now_ns:
            response = self._shell.api.handle(request, now_ns)
        wait_s = _wait_s(request.headers.get("prefer", ""))
        if response.pending is None or wait_s is None:
            return response
        return self._wait(response, wait_s)

    def _wait(self, began: Response, wait_s: float) -> Response:
        shell, name = self._shell, began.pending
        assert name is not None
        with shell.changed:
            settled = shell.changed.wait_for(lambda: shell.api.is_settled(name), wait_s)
            return shell.api.outcome(began) if settled else began

    def _stream(self, request: Request) -> Iterator[bytes]:
        last = request.headers.get("last-event-id", "")
        if last and not (last.isascii() and last.isdigit() and len(last) < 19):
            raise Problem(HTTPStatus.BAD_REQUEST, "malformed", "Last-Event-ID is a whole number")
        log = self._shell.api.events
        with self._shell.changed:
            if self._streams == MAX_STREAMS:
                detail = f"{MAX_STREAMS} clients follow the events already"
                raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too-many", detail)
            self._streams += 1
            after = int(last) if last else log.last
        return self._events(log, after)

    def _events(self, log: EventLog, after: int) -> Iterator[bytes]:
        try:
            yield b": connected\n\n"
            while True:
                new = self._new_events(log, after)
                yield b"".join(numbered.encoded() for numbered in new) or KEEP_ALIVE
                after = new[-1].number if new else after
        finally:
            with self._shell.changed:
                self._streams -= 1

    def _new_events(self, log: EventLog, after: int) -> list[Numbered]:
        with self._shell.changed:
            self._shell.changed.wait_for(lambda: log.last > after, KEEP_ALIVE_S)
            return log.after(after)


def _wait_s(prefer: str) -> float | None:
    """Return the seconds of a `Prefer: wait=` header (RFC 7240, 4.3), None without one."""
    found = re.search(r"(?:^|[,;]\s*)wait=(\d{1,9}(?:\.\d{1,9})?)\s*(?:$|[,;])", prefer)
    return min(float(found[1]), MAX_WAIT_S) if found else None
