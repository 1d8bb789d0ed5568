"""The T-API operations on the lightpath service, as plain data. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from apn_emu.control.north import tapi, tapi_services
from apn_emu.control.north.exchange import YANG, Request, Response
from apn_emu.control.north.identity import made, service, site_point
from apn_emu.control.north.refusals import refusal
from apn_emu.control.north.tapi_operations import CONNECTIVITY
from apn_emu.control.requests import Code, LightpathStatus

if TYPE_CHECKING:
    from apn_emu.control.north.api import Api

Data = dict[str, Any]


class Restconf:
    """Answers RESTCONF requests; a method for each operation of `tapi_operations`."""

    def __init__(self, api: Api) -> None:
        self._api, self._plan = api, api.plan

    def handle(
        self, operation: str, request: Request, names: Mapping[str, str], now_ns: int
    ) -> Response:
        """Answer a request whose body was checked; raise `Problem` or `Refused`."""
        answer: Callable[[Data, Mapping[str, str], int], Response] = getattr(self, f"_{operation}")
        body = next(iter(request.body.values())) if request.body else {}
        return answer(body, names, now_ns)

    def outcome(self, began: Response, status: LightpathStatus | None) -> Response:
        """Return the final answer: for an operation with an output, the service as it is now."""
        return service_output(status) if began.body and status else replace(began, pending=None)

    @property
    def _statuses(self) -> list[LightpathStatus]:
        return list(self._api.service.list())

    def _whole_topology(self) -> Data:
        return tapi.topology(self._plan, self._statuses)

    def _point(self, name: str) -> Data:
        statuses = self._statuses
        for site in self._plan.terminals:
            if name in (site.id, site_point(site.id)):
                return tapi_services.service_interface_point(site, statuses)
        raise refusal(Code.NOT_FOUND, f"there is no service-interface point {name}")

    def _status(self, name: str) -> LightpathStatus:
        for status in self._statuses:
            if name in (status.lightpath.id, service(status.lightpath.id)):
                return status
        raise self._api.refused(name) or refusal(Code.NOT_FOUND, f"there is no service {name}")

    def _points(self) -> list[Data]:
        statuses = self._statuses
        return [tapi_services.service_interface_point(s, statuses) for s in self._plan.terminals]

    def _connections(self) -> list[Data]:
        return [
            tapi_services.connection(self._plan, status, path)
            for status in self._statuses
            for path in status.lightpath.paths
        ]

    def _connectivity(self) -> Data:
        services = [tapi_services.connectivity_service(status) for status in self._statuses]
        return {"connectivity-service": services, "connection": self._connections()}

    def _get_service_interface_point_list(self, *_: Any) -> Response:
        return _output("tapi-common", sip=self._points())

    def _get_service_interface_point_details(self, body: Data, *_: Any) -> Response:
        return _output("tapi-common", sip=self._point(body["sip-id-or-name"]))

    def _get_topology_list(self, *_: Any) -> Response:
        return _output("tapi-topology", topology=[self._whole_topology()])

    def _get_topology_details(self, body: Data, *_: Any) -> Response:
        return _output("tapi-topology", topology=self._known(body["topology-id-or-name"]))

    def _known(self, name: str) -> Data:
        if name not in (self._plan.network, tapi.topology_id(self._plan)):
            raise refusal(Code.NOT_FOUND, f"there is no topology {name}")
        return self._whole_topology()

    def _get_connectivity_service_list(self, *_: Any) -> Response:
        return _output("tapi-connectivity", service=self._connectivity()["connectivity-service"])

    def _get_connectivity_service_details(self, body: Data, *_: Any) -> Response:
        return service_output(self._status(body["service-id-or-name"]))

    def _get_connection_details(self, body: Data, *_: Any) -> Response:
        name = body["connection-id-or-name"]
        for status in self._statuses:
            for path in status.lightpath.paths:
                if name in (path.id, made("connection", path.id)):
                    shown = tapi_services.connection(self._plan, status, path)
                    return _output("tapi-connectivity", connection=shown)
        raise refusal(Code.NOT_FOUND, f"there is no connection {name}")

    def _create_connectivity_service(self, body: Data, names: Any, now_ns: int) -> Response:
        name = body.get("uuid") or self._api.next_name()
        wanted = tapi_services.wanted(self._plan, body)
        began = self._api.create({"id": name, **wanted}, now_ns)
        status = self._api.service.get(name)
        return _pending(began, service_output(status))

    def _update_connectivity_service(self, body: Data, names: Any, now_ns: int) -> Response:
        name = self._status(body["service-id-or-name"]).lightpath.id
        began = self._api.change(name, tapi_services.rate_bps(body), now_ns)
        return _pending(began, service_output(self._api.service.get(name)))

    def _delete_connectivity_service(self, body: Data, names: Any, now_ns: int) -> Response:
        return self._delete(body["service-id-or-name"], now_ns)

    def _delete(self, name: str, now_ns: int) -> Response:
        began = self._api.delete(self._status(name).lightpath.id, now_ns)
        return _pending(began, Response(HTTPStatus.NO_CONTENT, media_type=YANG))

    def _context(self, *_: Any) -> Response:
        context = {
            "uuid": made("context", self._plan.network),
            "name": tapi.named("TAPI_VERSION", tapi.VERSION),
            "service-interface-point": self._points(),
            "tapi-topology:topology-context": {"topology": [self._whole_topology()]},
            "tapi-connectivity:connectivity-context": self._connectivity(),
        }
        return _data("tapi-common:context", context)

    def _topology_context(self, *_: Any) -> Response:
        return _data("tapi-topology:topology-context", {"topology": [self._whole_topology()]})

    def _topology(self, body: Data, names: Mapping[str, str], now_ns: int) -> Response:
        return _data("tapi-topology:topology", [self._known(names["uuid"])])

    def _connectivity_context(self, *_: Any) -> Response:
        return _data("tapi-connectivity:connectivity-context", self._connectivity())

    def _service(self, body: Data, names: Mapping[str, str], now_ns: int) -> Response:
        shown = tapi_services.connectivity_service(self._status(names["uuid"]))
        return _data("tapi-connectivity:connectivity-service", [shown])

    def _put_service(self, body: Any, names: Mapping[str, str], now_ns: int) -> Response:
        wanted = tapi_services.wanted(self._plan, tapi_services.as_input(body[0]))
        began = self._api.create({"id": names["uuid"], **wanted}, now_ns)
        if began.pending is None:
            return Response(HTTPStatus.NO_CONTENT, media_type=YANG)
        headers = {"Location": f"{CONNECTIVITY}/connectivity-service={names['uuid']}"}
        return _pending(began, Response(HTTPStatus.CREATED, None, headers, YANG))

    def _delete_service(self, body: Data, names: Mapping[str, str], now_ns: int) -> Response:
        return self._delete(names["uuid"], now_ns)


def service_output(status: LightpathStatus) -> Response:
    """Return a lightpath as the output of an operation."""
    return _output("tapi-connectivity", service=tapi_services.connectivity_service(status))


def _pending(began: Response, answer: Response) -> Response:
    return replace(answer, pending=began.pending)


def _output(module: str, **members: Any) -> Response:
    return _data(f"{module}:output", members)


def _data(key: str, value: Any) -> Response:
    return Response(body={key: value}, media_type=YANG)
