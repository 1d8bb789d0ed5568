"""What a controller tells the session that started it: one JSON object a line."""

from __future__ import annotations

import json
import sys
from typing import Any

from apn_emu.control.requests import Event


def report(event: Event) -> None:
    """Write what happened to standard output."""
    fields: dict[str, Any] = {"at_ns": event.at_ns, "event": event.kind, "subject": event.subject}
    sys.stdout.write(json.dumps(fields | event.data) + "\n")
    sys.stdout.flush()
