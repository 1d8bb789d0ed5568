"""The controller's REST interface on a Unix socket of this machine, while a session runs.

The socket stands in the session's own folder, which nobody else may enter and which its guard
removes however the session ends.
"""

from __future__ import annotations

import os
import socketserver
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from urllib.parse import urlsplit

from apn_emu.control.north.exchange import Problem
from apn_emu.control.north.reading import body_length
from apn_emu.errors import ApnError
from apn_emu.rest_client import short_address

PREFIX = "apn-emu-shell-"
"""Of the folders of sessions, where temporary files are."""

NAME = "controller.sock"
ARRIVAL_S = 10.0
"""How long a request may take to arrive."""

EVENT_STREAM = "/v1/events"

Ask = Callable[[bytes], Iterator[bytes]]
"""Takes a whole HTTP request and yields its answer."""


def sessions() -> list[Path]:
    """Return the sockets of this user's sessions."""
    found = Path(tempfile.gettempdir()).glob(f"{PREFIX}*/{NAME}")
    return sorted(file for file in found if file.stat().st_uid == os.getuid())


@contextmanager
def serving(folder: Path, ask: Ask) -> Iterator[Path]:
    """Answer requests on a socket in `folder`, which is this user's alone; yield the socket."""
    with short_address(folder / NAME) as address, _Server(address, ask) as server:
        (folder / NAME).chmod(0o600)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield folder / NAME
        finally:
            server.shutdown()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True

    def __init__(self, address: str, ask: Ask) -> None:
        self.ask = ask
        super().__init__(address, _Connection)


class _Connection(BaseHTTPRequestHandler):
    """One request: the controller's answer to it ends the connection."""

    server: _Server
    timeout = ARRIVAL_S

    def do_GET(self) -> None:
        self.close_connection = True
        try:
            request = self._request()
        except Problem as problem:
            self._refuse(problem)
            return
        with suppress(OSError, ApnError):  # the client or the session is gone
            for piece in self.server.ask(request):
                self.wfile.write(piece)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_GET

    def _request(self) -> bytes:
        """Return the whole request, as one after whose answer the connection ends."""
        if urlsplit(self.path).path == EVENT_STREAM:
            detail = "events have no end, and time would never stand still; follow them on a server"
            raise Problem(HTTPStatus.NOT_IMPLEMENTED, "not-here", detail)
        lengths = self.headers.get_all("Content-Length", [])
        body = self.rfile.read(body_length(lengths, "Transfer-Encoding" in self.headers))
        del self.headers["Connection"], self.headers["Expect"]
        self.headers["Connection"] = "close"
        head = f"{self.command} {self.path} HTTP/1.1\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        return head.encode("latin-1") + b"\r\n" + body

    def _refuse(self, problem: Problem) -> None:
        response = problem.response(self.path)
        data = response.encoded()
        self.send_response(response.status)
        self.send_header("Content-Type", response.media_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Keep no log of accesses."""
