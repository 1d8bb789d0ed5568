"""A lightpath on demand: asked for over REST by a server, as any client would."""

from __future__ import annotations

import time
from typing import Any

from apn_emu.emulation.management import CONTROLLER_IPV4
from apn_emu.emulation.timeline import Activity
from apn_emu.planning.plan import REST_PORT
from apn_emu.workloads.connections import ended
from apn_emu.workloads.context import Context, Row, label

WAIT_S = 3600.0
SETTLING_S = 10e-3
"""Open vSwitch looks again at what it has decided for a flow at most every 5 ms, so one that was
dropped in the dark may be dropped that much longer."""


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Create or delete; rows `blocked` (0 or 1) and, when it worked, `setup_time` or
    `teardown_time` (s) as the client sees it.

    Ends when the lightpath is INSTALLED and its sites send over it, or gone.
    """
    name, creating = params["id"], params["action"] == "create"
    place = params["on"] or context.places(None)[0]
    context.progress(f"{params['name']}: {params['action']} {name}")
    wanted = {key: params[key] for key in ("source", "destination", "rate_bps", "protection")}
    body = {"id": name, **wanted} if creating else None
    child = context.node(place).fork(_ask, name, body)
    spent_s, refusal = yield context.timeline.add(ended(child))
    yield context.timeline.sleep(SETTLING_S)
    ends = (label(place), label(place))
    if creating:
        ends = (params["source"], params["destination"])
    rows = [Row(params["name"], *ends, "blocked", int(bool(refusal)), "1")] if creating else []
    if not refusal:
        metric = "setup_time" if creating else "teardown_time"
        rows.append(Row(params["name"], *ends, metric, spent_s, "s"))
    elif not params["may_be_refused"]:
        context.failures.append(f"{params['name']}: the controller refused {name}: {refusal}")
    return rows


def _ask(name: str, body: dict[str, Any] | None) -> tuple[float, str]:
    """Run on the server: return how long the controller took, in s, and why it refused."""
    from apn_emu.errors import EmulationError, InputError  # imported here: only this child needs it
    from apn_emu.rest_client import ControllerClient, lightpath_path

    client = ControllerClient(f"http://{CONTROLLER_IPV4}:{REST_PORT}", None)
    started_s = time.monotonic()
    refusal = ""
    try:
        if body is not None:
            client.ask("POST", "/v1/lightpaths", body, WAIT_S)
        else:
            client.ask("DELETE", lightpath_path(name), wait_s=WAIT_S)
    except (EmulationError, InputError) as error:
        refusal = str(error)
    return round(time.monotonic() - started_s, 9), refusal
