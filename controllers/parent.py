"""Run a parent controller over the controllers of several domains.

`python -m apn_emu.controllers.parent CONFIGURATION`, a JSON file:

    {"listen": "127.0.0.1:8180",
     "domains": {"east": "http://127.0.0.1:8181", "west": "http://127.0.0.1:8182"},
     "borders": [{"id": "b-c", "a": "b", "b": "c", "ports": 2}]}

It learns each domain's sites from that domain's own interface, and serves `/v1/lightpaths` as they
do. It needs no Ryu, for it has no switches.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from apn_emu.controllers.rest import RestServer

from apn_emu.control.domains import Border
from apn_emu.control.north.api import check
from apn_emu.control.north.exchange import Problem, Request, Response
from apn_emu.control.north.refusals import refusal
from apn_emu.control.north.routes import Route, find
from apn_emu.control.north.schemas import CREATE
from apn_emu.control.requests import Code, Refused
from apn_emu.control.stitching import Call, Parent, Stitched
from apn_emu.errors import ApnError
from apn_emu.rest_client import ControllerClient, lightpath_path

CALL_S = 600.0
"""How long a domain may take for a set-up or a removal."""

PATH = "/v1/lightpaths"
ROUTES = (
    Route("GET", PATH, "list_lightpaths", "All end-to-end lightpaths"),
    Route("POST", PATH, "create", "Set an end-to-end lightpath up"),
    Route("PUT", f"{PATH}/{{id}}", "create", "The same"),
    Route("GET", f"{PATH}/{{id}}", "show", "One"),
    Route("DELETE", f"{PATH}/{{id}}", "delete", "Take it down"),
)


class ParentController:
    """The pure parent, one lock, and a thread for each call that is under way."""

    def __init__(self, domains: Mapping[str, str], borders: list[Border]) -> None:
        self._urls = dict(domains)
        sites = {domain: self._sites(domain) for domain in domains}
        self._parent = Parent(sites, borders)
        self._changed = threading.Condition()

    def _sites(self, domain: str) -> list[str]:
        points = self._client(domain).ask("GET", "/v1/service-interface-points")
        return [point["site"] for point in points]

    def _client(self, domain: str) -> ControllerClient:
        return ControllerClient(self._urls[domain], None)

    def handle(self, request: Request) -> Response:
        """Answer a request when all domains have done; raise `Problem`."""
        route, names = find(ROUTES, request.method, request.path)
        name = names.get("id", "")
        with self._changed:
            try:
                match route.operation:
                    case "create":
                        return self._create(request.body, name)
                    case "delete":
                        return self._delete(name)
                    case "show":
                        return Response(body=_shown(self._known(name)))
            except Refused as refused:
                raise refusal(refused.code, refused.text) from refused
            return Response(body=[_shown(s) for s in self._parent.lightpaths.values()])

    def run_timers(self) -> None:
        """Ask again the domains that could not be reached, for ever."""
        while True:
            with self._changed:
                due_ns = self._parent.next_timer()
                left_s = None if due_ns is None else (due_ns - time.monotonic_ns()) / 1e9
                if left_s is None or left_s > 0:
                    self._changed.wait(left_s)
                    continue
                self._parent.handle_timer(time.monotonic_ns())
                self._make_calls()

    def _create(self, body: Any, name: str) -> Response:
        check(body, CREATE)
        wanted = {**body, "id": name or body.get("id", "")}
        if not wanted["id"] or body.get("id", wanted["id"]) != wanted["id"]:
            raise Refused(Code.BAD_REQUEST, "an end-to-end lightpath needs one id")
        name = wanted["id"]
        before = name in self._parent.lightpaths
        stitched = self._parent.create(wanted)
        self._make_calls()
        self._changed.wait_for(lambda: self._parent.is_quiet(stitched), CALL_S)
        if stitched.refusal:
            raise Problem(HTTPStatus.CONFLICT, *stitched.refusal)
        return Response(HTTPStatus.OK if before else HTTPStatus.CREATED, _shown(stitched))

    def _delete(self, name: str) -> Response:
        stitched = self._known(name)
        self._parent.delete(name)
        self._make_calls()
        self._changed.wait_for(lambda: self._parent.is_quiet(stitched), CALL_S)
        gone = name not in self._parent.lightpaths
        return Response(HTTPStatus.NO_CONTENT if gone else HTTPStatus.ACCEPTED)

    def _known(self, name: str) -> Stitched:
        if name not in self._parent.lightpaths:
            raise Refused(Code.NOT_FOUND, f"there is no lightpath {name!r}")
        return self._parent.lightpaths[name]

    def _make_calls(self) -> None:
        for call in self._parent.take_calls():
            threading.Thread(target=self._call, args=(call,), daemon=True).start()
        self._changed.notify_all()

    def _call(self, call: Call) -> None:
        refused: tuple[str, str] | None = None
        try:
            path = lightpath_path(call.segment)
            self._client(call.domain).ask(call.method, path, call.body, CALL_S)
        except ApnError as error:
            code, colon, text = str(error).partition(": ")
            known = colon and code in Code.__members__
            refused = (code, text) if known else (Code.SWITCH_UNREACHABLE, str(error))
        with self._changed:
            self._parent.answered(call, refused, time.monotonic_ns())
            self._make_calls()


def _shown(stitched: Stitched) -> dict[str, Any]:
    return {
        **stitched.request,
        "lifecycle_state": stitched.lifecycle,
        "borders": [border.id for border in stitched.borders],
        "segments": [{"id": own, **vars(segment)} for own, segment in stitched.segments.items()],
    }


def main(configuration: Path) -> None:
    """Serve until the process is ended."""
    data = json.loads(configuration.read_text())
    host, _, port = data["listen"].rpartition(":")
    borders = [Border(**border) for border in data["borders"]]
    controller = ParentController(data["domains"], borders)
    threading.Thread(target=controller.run_timers, daemon=True).start()
    RestServer((host, int(port)), controller.handle).serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
