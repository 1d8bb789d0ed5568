"""Follow another controller's server-sent events, resumed where the stream broke off."""

from __future__ import annotations

import http.client
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

AGAIN_S = 1.0
"""After which a stream that broke off is asked for again."""

SILENT_S = 60.0
"""A stream that says nothing for so long, not even that it is still there, has broken off."""

_log = logging.getLogger("apn_emu.parent")


def follow(url: str, take: Callable[[Mapping[str, Any]], None]) -> None:
    """Give each event of the controller at `url` from now on to `take`, in a thread of its own.

    Returns when the stream is open, so nothing that happens later is missed.
    """
    is_open = threading.Event()
    threading.Thread(target=_follow, args=(url, take, is_open), daemon=True).start()
    is_open.wait()


def _follow(url: str, take: Callable[[Mapping[str, Any]], None], is_open: threading.Event) -> None:
    last = ""
    while True:
        try:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=SILENT_S)
            headers = {"Last-Event-ID": last} if last else {}
            connection.request("GET", "/v1/events", headers=headers)
            for line in connection.getresponse():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                is_open.set()  # its first line says that it is connected
                if name == "id":
                    last = value
                elif name == "data":
                    take(json.loads(value))
        except (OSError, http.client.HTTPException) as error:
            _log.warning("%s: %s", url, error)
        time.sleep(AGAIN_S)
