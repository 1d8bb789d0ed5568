"""A client of the controller's REST interface, over TCP or a Unix socket."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from apn_emu.errors import ApnError, EmulationError, InputError

TIMEOUT_S = 600.0


class ControllerClient:
    """Speaks to one controller: at `url`, or behind the socket file `socket_file`."""

    def __init__(self, url: str, socket_file: Path | None) -> None:
        self._where = str(socket_file or url)
        if socket_file is not None:
            self._connection: http.client.HTTPConnection = _UnixConnection(socket_file)
            return
        address = urlsplit(url)
        if address.scheme != "http" or not address.hostname:
            raise InputError(f"{url} is no address of a controller; write http://HOST:PORT")
        self._connection = http.client.HTTPConnection(
            address.hostname, address.port or 80, timeout=TIMEOUT_S
        )

    def ask(self, method: str, path: str, body: Any = None, wait_s: float | None = None) -> Any:
        """Return the JSON value of the answer, None if it has none.

        `wait_s`: how long the controller may take to finish what it begins. Raises `InputError`
        for a wrong request, `EmulationError` for one that the network cannot meet.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if wait_s is not None:
            headers["Prefer"] = f"wait={wait_s:g}"
        data = None if body is None else json.dumps(body)
        try:
            self._connection.request(method, path, data, headers)
            answer = self._connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise EmulationError(f"no controller answers at {self._where}: {error}") from error
        try:
            value = json.loads(text) if text else None
        except ValueError as error:
            raise EmulationError(f"{self._where} is no lightpath controller") from error
        if answer.status >= 400:
            raise _problem(answer.status, value)
        return value


def lightpath_path(name: str) -> str:
    """Return the resource of a lightpath."""
    return f"/v1/lightpaths/{quote(name, safe='')}"


@contextmanager
def short_address(socket_file: Path) -> Iterator[str]:
    """Yield a name of a socket file that is never too long for an address (unix(7): 108 bytes)."""
    folder = os.open(socket_file.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{socket_file.name}"
    finally:
        os.close(folder)


def _problem(status: int, value: Any) -> ApnError:
    known = isinstance(value, dict) and "code" in value
    text = f"{value['code']}: {value['detail']}" if known else f"HTTP status {status}"
    return InputError(text) if status in (400, 404, 422) else EmulationError(text)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, socket_file: Path) -> None:
        super().__init__("localhost", timeout=TIMEOUT_S)
        self._socket_file = socket_file

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        with short_address(self._socket_file) as address:
            self.sock.connect(address)
