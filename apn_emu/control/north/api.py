"""The REST interface: each operation on the lightpath service, as plain data. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from apn_emu.control.north import resources, tapi_operations
from apn_emu.control.north.events import EventLog
from apn_emu.control.north.exchange import YANG, Problem, Request, Response
from apn_emu.control.north.openapi import description
from apn_emu.control.north.operations import ROUTES
from apn_emu.control.north.refusals import refusal
from apn_emu.control.north.restconf import Restconf
from apn_emu.control.north.routes import find
from apn_emu.control.north.schemas import SCHEMAS
from apn_emu.control.north.validation import faults
from apn_emu.control.requests import (
    Code,
    Event,
    EventKind,
    Lifecycle,
    LightpathRequest,
    LightpathStatus,
    Refused,
)
from apn_emu.control.service import LightpathService
from apn_emu.planning.plan import Plan

REFUSALS_KEPT = 1024
OVER = (EventKind.REMOVED, EventKind.REFUSED)

ALL_ROUTES = (*ROUTES, *tapi_operations.ROUTES)
ALL_SCHEMAS = {**SCHEMAS, **tapi_operations.SCHEMAS}

Names = Mapping[str, str]
"""Parameters of a path."""

Operation = Callable[[Request, Names, int], Response]


class Api:
    """Answers requests from the service's state; `note` must see all its events."""

    def __init__(self, plan: Plan, service: LightpathService) -> None:
        self.plan, self.service = plan, service
        self.events = EventLog()
        self._restconf = Restconf(self)
        self._refused: OrderedDict[str, Problem] = OrderedDict()
        self._under_way: set[str] = set()
        self._numbered = 0

    def note(self, events: Iterable[Event]) -> None:
        """Take the service's new events in."""
        events = list(events)
        self.events.add(events)
        for event in events:
            name = event.subject
            if event.kind is EventKind.REFUSED:
                self._refused[name] = refusal(Code(event.data["code"]), event.data["text"])
            if event.kind in OVER or event.data.get("lifecycle") == Lifecycle.INSTALLED:
                self._under_way.discard(name)
        while len(self._refused) > REFUSALS_KEPT:
            self._refused.popitem(last=False)

    def handle(self, request: Request, now_ns: int) -> Response:
        """Answer a request; raise `Problem`."""
        route, names = find(ALL_ROUTES, request.method, request.path)
        if route.request:
            check(request.body, ALL_SCHEMAS[route.request])
        try:
            if route.tag == "tapi":
                response = self._restconf.handle(route.operation, request, names, now_ns)
            else:
                operation: Operation = getattr(self, f"_{route.operation}")
                response = operation(request, names, now_ns)
        except Refused as refused:
            raise refusal(refused.code, refused.text) from refused
        if response.pending is not None:
            self._under_way.add(response.pending)
        return response

    def is_settled(self, lightpath: str) -> bool:
        """Return whether what was begun for a lightpath has come to its end."""
        return lightpath not in self._under_way

    def outcome(self, began: Response) -> Response:
        """Return the final answer to a request that has been settled; raise `Problem`."""
        name = began.pending
        assert name is not None
        if name in self._refused:
            raise self._refused[name]
        status = self._find(name)
        if began.media_type == YANG:
            return self._restconf.outcome(began, status)
        if status is None:
            return Response(HTTPStatus.NO_CONTENT)
        code = HTTPStatus.CREATED if "Location" in began.headers else HTTPStatus.OK
        return Response(code, resources.lightpath(status), began.headers)

    def create(self, wanted: Mapping[str, Any], now_ns: int) -> Response:
        """Begin to set a lightpath up, given the fields of the request; raise `Refused`."""
        name = wanted["id"]
        route = wanted.get("route")
        known = self._find(name)
        fields = {**wanted, "route": tuple(route) if route else None}
        status = self.service.create(LightpathRequest(**fields), now_ns)
        self._refused.pop(name, None)
        if known is not None:
            begun = name if name in self._under_way else None
            return Response(HTTPStatus.OK, resources.lightpath(status), pending=begun)
        headers = {"Location": f"/v1/lightpaths/{quote(name)}"}
        return Response(HTTPStatus.ACCEPTED, resources.lightpath(status), headers, pending=name)

    def change(self, name: str, rate_bps: int, now_ns: int) -> Response:
        """Begin to change a lightpath's rate; raise `Refused`."""
        self._refused.pop(name, None)
        known = self._find(name)
        status = self.service.modify(name, rate_bps, now_ns)
        if known is not None and known.lightpath.rate_bps == rate_bps:
            return Response(HTTPStatus.OK, resources.lightpath(status))
        return Response(HTTPStatus.ACCEPTED, resources.lightpath(status), pending=name)

    def delete(self, name: str, now_ns: int) -> Response:
        """Begin to take a lightpath down; raise `Refused`."""
        self._refused.pop(name, None)
        self.service.delete(name, now_ns)
        return Response(HTTPStatus.ACCEPTED, pending=name)

    def refused(self, name: str) -> Problem | None:
        """Return why the last set-up or change of a lightpath was refused."""
        return self._refused.get(name)

    def next_name(self) -> str:
        """Return a name that no lightpath has."""
        while True:
            self._numbered += 1
            name = f"lightpath-{self._numbered}"
            if self._find(name) is None:
                return name

    def _find(self, lightpath: str) -> LightpathStatus | None:
        try:
            return self.service.get(lightpath)
        except Refused:
            return None

    def _list_lightpaths(self, *_: Any) -> Response:
        return Response(body=[resources.lightpath(status) for status in self.service.list()])

    def _create_lightpath(self, request: Request, names: Names, now_ns: int) -> Response:
        name = names.get("id")
        wanted = {"id": name or self.next_name(), **request.body}
        if name not in (None, wanted["id"]):
            raise Problem(422, Code.BAD_REQUEST, f"the body is about {wanted['id']}, not {name}")
        return self.create(wanted, now_ns)

    def _show_lightpath(self, request: Request, names: Names, now_ns: int) -> Response:
        name = names["id"]
        status = self._find(name)
        if status is None:
            raise self.refused(name) or refusal(Code.NOT_FOUND, f"there is no lightpath {name}")
        return Response(body=resources.lightpath(status))

    def _change_lightpath(self, request: Request, names: Names, now_ns: int) -> Response:
        return self.change(names["id"], request.body["rate_bps"], now_ns)

    def _delete_lightpath(self, request: Request, names: Names, now_ns: int) -> Response:
        return self.delete(names["id"], now_ns)

    def _show_topology(self, *_: Any) -> Response:
        return Response(body=resources.topology(self.plan, self.service.list()))

    def _list_service_interface_points(self, *_: Any) -> Response:
        return Response(body=resources.service_interface_points(self.plan, self.service.list()))

    def _list_spectrum(self, *_: Any) -> Response:
        return Response(body=resources.spectrum(self.plan, self.service.list()))

    def _list_quality(self, *_: Any) -> Response:
        return Response(body=resources.quality(self.service.list()))

    def _list_alarms(self, *_: Any) -> Response:
        return Response(body=[resources.alarm(alarm) for alarm in self.service.alarms])

    def _show_description(self, *_: Any) -> Response:
        return Response(body=description())


def check(body: Any, schema: Mapping[str, Any]) -> None:
    """Raise `Problem` that names everything in a body that the schema does not allow."""
    found = list(faults(body, schema))
    if found:
        detail = "; ".join(f"{fault.pointer or 'the body'} {fault.detail}" for fault in found)
        raise Problem(HTTPStatus.BAD_REQUEST, "schema", detail, found)
