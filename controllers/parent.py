"""Run a parent controller over the controllers of several domains.

`python -m apn_emu.controllers.parent CONFIGURATION`, a JSON file:

    {"listen": "127.0.0.1:8181",
     "domains": {"east": "http://127.0.0.1:8182", "west": "http://127.0.0.1:8183"},
     "borders": [{"id": "b-c", "a": "b~c", "b": "c~b", "ports": 2}],
     "distances_km": [{"b~c": {"a": 15.0}}, {"c~b": {"d": 15.0}}],
     "lightpaths": []}

It learns each domain's sites from that domain's own interface and follows its events, and serves
`/v1/lightpaths` as they do. `distances_km` are one entry a domain, from gateways to sites. What is
under `lightpaths` is lit already: it takes that over first. It needs no Ryu, for it has no
switches.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from itertools import count
from pathlib import Path
from typing import Any

from apn_emu.controllers.following import follow
from apn_emu.controllers.reporting import report
from apn_emu.controllers.rest import RestServer

from apn_emu.control.north.api import check
from apn_emu.control.north.exchange import Request, Response
from apn_emu.control.north.refusals import refusal
from apn_emu.control.north.routes import Route, find
from apn_emu.control.north.schemas import CREATE
from apn_emu.control.requests import Code, Event, EventKind, Refused
from apn_emu.control.stitched import Call, Stitched
from apn_emu.control.stitching import Parent
from apn_emu.errors import ApnError
from apn_emu.planning.domains import Border
from apn_emu.rest_client import ControllerClient, lightpath_path

CALL_S = 600.0
"""How long a domain may take for a set-up or a removal."""

PATH = "/v1/lightpaths"
ROUTES = (
    Route("GET", PATH, "list_lightpaths", "All lightpaths from site to site"),
    Route("POST", PATH, "create", "Set one up"),
    Route("PUT", f"{PATH}/{{id}}", "create", "The same"),
    Route("GET", f"{PATH}/{{id}}", "show", "One"),
    Route("DELETE", f"{PATH}/{{id}}", "delete", "Take it down"),
)
SCHEMA = {
    **CREATE,
    "properties": {key: value for key, value in CREATE["properties"].items() if key != "remote"},
}


class ParentController:
    """The pure parent, one lock, and a thread for each call that is under way."""

    def __init__(
        self,
        domains: Mapping[str, str],
        borders: Sequence[Border],
        distances_km: Sequence[Mapping[str, Mapping[str, float]]],
    ) -> None:
        self._urls = dict(domains)
        sites = {domain: self._sites(domain) for domain in domains}
        km = {gateway: far for domain in distances_km for gateway, far in domain.items()}

        def distance_km(here: str, there: str) -> float:
            return km[here][there] if here in km else km[there][here]

        self._parent = Parent(sites, borders, distance_km)
        self._changed = threading.Condition()
        self._numbers = count(1)

    def start(self, lightpaths: Sequence[dict[str, Any]]) -> None:
        """Follow the domains and take over what they have lit, as the configuration says it."""
        for domain, url in self._urls.items():
            follow(url, lambda event, whose=domain: self._told(whose, event))
        threading.Thread(target=self._run_timers, daemon=True).start()
        with self._entered() as now_ns:
            for given in lightpaths:
                borders, ports = given.pop("borders"), given.pop("ports")
                self._parent.adopt(given, borders, ports, now_ns)
        with self._changed:
            taken_over = list(self._parent.lightpaths.values())
            self._changed.wait_for(lambda: all(map(self._parent.is_quiet, taken_over)), CALL_S)
        report(Event(time.monotonic_ns(), EventKind.READY, "parent"))

    def handle(self, request: Request) -> Response:
        """Answer a request when all domains have done; raise `Problem`."""
        route, names = find(ROUTES, request.method, request.path)
        name = names.get("id", "")
        try:
            match route.operation:
                case "create":
                    return self._create(request.body, name)
                case "delete":
                    return self._delete(name)
            with self._changed:
                if route.operation == "show":
                    return Response(body=_shown(self._known(name)))
                return Response(body=[_shown(s) for s in self._parent.lightpaths.values()])
        except Refused as refused:
            raise refusal(refused.code, refused.text) from refused

    @contextmanager
    def _entered(self) -> Iterator[int]:
        """Hold the lock and have the present moment, in ns; afterwards carry out what follows."""
        with self._changed:
            yield time.monotonic_ns()
            for call in self._parent.take_calls():
                threading.Thread(target=self._call, args=(call,), daemon=True).start()
            for event in self._parent.take_events():
                report(event)
            self._changed.notify_all()

    def _run_timers(self) -> None:
        """Ask again the domains that could not be reached, for ever."""
        while True:
            with self._changed:
                due_ns = self._parent.next_timer()
                left_s = None if due_ns is None else (due_ns - time.monotonic_ns()) / 1e9
                if left_s is None or left_s > 0:
                    self._changed.wait(left_s)
                    continue
            with self._entered() as now_ns:
                self._parent.handle_timer(now_ns)

    def _create(self, body: Any, name: str) -> Response:
        check(body, SCHEMA)
        if name not in ("", body.get("id", name)):
            raise Refused(Code.BAD_REQUEST, f"the body is about {body['id']}, not {name}")
        with self._entered() as now_ns:
            known = self._parent.lightpaths
            unused = (f"lightpath-{n}" for n in self._numbers)
            name = name or body.get("id") or next(n for n in unused if n not in known)
            before = name in known
            stitched = self._parent.create({**body, "id": name}, now_ns)
        with self._changed:
            self._changed.wait_for(lambda: self._parent.is_quiet(stitched), CALL_S)
            if stitched.refusal:
                raise refusal(*stitched.refusal)
            return Response(HTTPStatus.OK if before else HTTPStatus.CREATED, _shown(stitched))

    def _delete(self, name: str) -> Response:
        with self._entered() as now_ns:
            stitched = self._known(name)
            self._parent.delete(name, now_ns)
        with self._changed:
            self._changed.wait_for(lambda: self._parent.is_quiet(stitched), CALL_S)
            gone = name not in self._parent.lightpaths
        return Response(HTTPStatus.NO_CONTENT if gone else HTTPStatus.ACCEPTED)

    def _known(self, name: str) -> Stitched:
        if name not in self._parent.lightpaths:
            raise Refused(Code.NOT_FOUND, f"there is no lightpath {name!r}")
        return self._parent.lightpaths[name]

    def _told(self, domain: str, event: Mapping[str, Any]) -> None:
        with self._entered() as now_ns:
            self._parent.told(domain, event, now_ns)

    def _call(self, call: Call) -> None:
        refused: tuple[Code, str] | None = None
        try:
            path = lightpath_path(call.segment)
            self._client(call.domain).ask(call.method, path, call.body, CALL_S)
        except ApnError as error:
            code, colon, text = str(error).partition(": ")
            known = colon and code in Code.__members__
            refused = (Code(code), text) if known else (Code.SWITCH_UNREACHABLE, str(error))
        with self._entered() as now_ns:
            self._parent.answered(call, refused, now_ns)

    def _sites(self, domain: str) -> list[str]:
        points = self._client(domain).ask("GET", "/v1/service-interface-points")
        return [point["site"] for point in points]

    def _client(self, domain: str) -> ControllerClient:
        return ControllerClient(self._urls[domain], None)


def _shown(stitched: Stitched) -> dict[str, Any]:
    return {
        **stitched.request,
        "lifecycle_state": stitched.lifecycle,
        "operational_state": stitched.operational,
        "reason": stitched.reason,
        "borders": [
            {"id": border.id, "port": port}
            for border, port in zip(stitched.borders, stitched.ports, strict=True)
        ],
        "segments": [{"id": own, **vars(segment)} for own, segment in stitched.segments.items()],
    }


def main(configuration: Path) -> None:
    """Serve until the process is ended."""
    data = json.loads(configuration.read_text())
    host, _, port = data["listen"].rpartition(":")
    borders = [Border(**border) for border in data["borders"]]
    controller = ParentController(data["domains"], borders, data["distances_km"])
    server = RestServer((host, int(port)), controller.handle)
    controller.start(data["lightpaths"])
    server.serve_forever()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
