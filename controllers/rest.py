"""HTTP for the controller's north side: the standard library's server, hardened.

Limits on size, time and number hold for every client, so that none can keep the others waiting.
Works with threads (os-ken's native hub) and with eventlet's green threads (ryu) alike.
"""

from __future__ import annotations

import io
import logging
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from apn_emu import __version__
from apn_emu.control.north.exchange import Problem, Request, Response
from apn_emu.control.north.reading import body_length, read_body, read_target

MAX_CONNECTIONS = 128
IDLE_S = 60.0
"""How long a connection may wait for its next request."""
REQUEST_S = 10.0
"""How long a whole request may take to arrive, and an answer to leave, however it trickles."""
ACCEPT_PAUSE_S = 0.1

EVENT_STREAM = "text/event-stream"

Handle = Callable[[Request], "Response | Iterator[bytes]"]
"""Answers a request; an iterator is a stream of events, which ends with its connection."""

_log = logging.getLogger("apn_emu.rest")


class RestServer(ThreadingHTTPServer):
    """Serves until the process ends; each connection has a thread."""

    daemon_threads = True
    request_queue_size = MAX_CONNECTIONS

    def __init__(self, address: tuple[str, int], handle: Handle) -> None:
        self.handle = handle
        self._slots = threading.BoundedSemaphore(MAX_CONNECTIONS)
        super().__init__(address, _Connection)

    def serve_forever(self, poll_interval: float = 0.0) -> None:
        """Accept connections for ever. Nothing is polled: that would wake an idle machine."""
        while True:
            try:
                request, client_address = self.get_request()
            except OSError as error:  # the client left at once, or no file descriptor is left
                _log.warning("accept: %s", error)
                time.sleep(ACCEPT_PAUSE_S)
                continue
            self.process_request(request, client_address)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Give the connection a thread, or turn it away."""
        if self._slots.acquire(blocking=False):
            super().process_request(request, client_address)
            return
        request.settimeout(0)  # nobody waits for one who is turned away
        with suppress(OSError):
            request.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n")
        self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve the connection, then let the next one in."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._slots.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what is our fault; a client that goes away is not."""
        if not isinstance(sys.exc_info()[1], OSError):
            _log.exception("request from %s", client_address)


class _Incoming(io.RawIOBase):
    """Reads from a socket until a deadline."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline_s = 0.0

    def allow(self, duration_s: float) -> None:
        """Set the deadline."""
        self.deadline_s = time.monotonic() + duration_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._connection.settimeout(max(1e-3, self.deadline_s - time.monotonic()))
        return self._connection.recv_into(buffer)


class _Connection(BaseHTTPRequestHandler):
    """One client's connection."""

    protocol_version = "HTTP/1.1"
    server_version = f"apn-emu/{__version__}"
    sys_version = ""
    server: RestServer

    def setup(self) -> None:
        super().setup()
        self._incoming = _Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def handle_one_request(self) -> None:
        self._incoming.allow(IDLE_S)
        try:
            self.rfile.peek(1)
            self._incoming.allow(REQUEST_S)
            super().handle_one_request()
        except TimeoutError:
            self.close_connection = True

    def do_GET(self) -> None:
        path = self.path
        try:
            request = self._request()
            path = request.path
            response = self.server.handle(request)
        except Problem as problem:
            response = problem.response(path)
        except Exception:
            _log.exception("%s %s", self.command, self.path)
            response = Problem(500, "internal", "a fault; see the controller's log").response(path)
        if isinstance(response, Response):
            self._respond(response)
        else:
            self._stream(response)

    do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_TRACE = do_GET

    def _request(self) -> Request:
        path, query = read_target(self.path)
        method = "GET" if self.command == "HEAD" else self.command
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(method, path, query, headers, self._body())

    def _body(self) -> Any:
        kept, self.close_connection = self.close_connection, True  # unless it is read to its end
        lengths = self.headers.get_all("Content-Length", [])
        length = body_length(lengths, "Transfer-Encoding" in self.headers)
        try:
            data = self.rfile.read(length)
        except TimeoutError as error:
            late = f"the request did not arrive within {REQUEST_S:g} s"
            raise Problem(HTTPStatus.REQUEST_TIMEOUT, "timeout", late) from error
        if len(data) < length:
            raise Problem(HTTPStatus.BAD_REQUEST, "malformed", "the body was cut off")
        self.close_connection = kept
        return read_body(data, self.headers.get_content_type())

    def _respond(self, response: Response) -> None:
        data = response.encoded()
        self.connection.settimeout(REQUEST_S)
        self.send_response(response.status)
        if data:
            self.send_header("Content-Type", response.media_type)
        if response.status != HTTPStatus.NO_CONTENT:
            self.send_header("Content-Length", str(len(data)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def _stream(self, chunks: Iterator[bytes]) -> None:
        self.close_connection = True
        self.connection.settimeout(REQUEST_S)
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", EVENT_STREAM)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        for chunk in chunks:
            self.wfile.write(chunk)

    def send_error(self, code: int, message: str | None = None, explain: Any = None) -> None:
        """Answer what is not even HTTP."""
        self.close_connection = True
        detail = message or HTTPStatus(code).phrase
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = self.protocol_version
        self._respond(Problem(code, "malformed", detail).response(getattr(self, "path", "")))

    def log_message(self, format: str, *args: Any) -> None:
        """Keep no log of accesses."""
