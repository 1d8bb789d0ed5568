"""T-API operations over RESTCONF (RFC 8040): paths, and schemas of what is sent to them."""

from __future__ import annotations

from typing import Any

from apn_emu.control.north.exchange import YANG
from apn_emu.control.north.refusals import REFUSALS
from apn_emu.control.north.routes import Route
from apn_emu.control.north.tapi_services import CONSTRAINT, REQUEST, SERVICE

OPERATIONS = "/restconf/operations"
CONTEXT = "/restconf/data/tapi-common:context"
CONNECTIVITY = f"{CONTEXT}/tapi-connectivity:connectivity-context"
TOPOLOGY = f"{CONTEXT}/tapi-topology:topology-context"


def _input(module: str, required: list[str], **properties: Any) -> dict[str, Any]:
    inner = {"type": "object", "required": required, "properties": properties}
    return envelope(f"{module}:input", inner)


def envelope(key: str, inner: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an object with one member."""
    return {
        "type": "object",
        "required": [key],
        "additionalProperties": False,
        "properties": {key: inner},
    }


def _named(module: str, leaf: str) -> dict[str, Any]:
    return _input(module, [leaf], **{leaf: {"type": "string", "maxLength": 200}})


SCHEMAS: dict[str, dict[str, Any]] = {
    "SipInput": _named("tapi-common", "sip-id-or-name"),
    "TopologyInput": _named("tapi-topology", "topology-id-or-name"),
    "ServiceInput": _named("tapi-connectivity", "service-id-or-name"),
    "ConnectionInput": _named("tapi-connectivity", "connection-id-or-name"),
    "CreateInput": envelope("tapi-connectivity:input", REQUEST),
    "UpdateInput": _input(
        "tapi-connectivity",
        ["service-id-or-name", "connectivity-constraint"],
        **{
            "service-id-or-name": {"type": "string", "maxLength": 200},
            "connectivity-constraint": CONSTRAINT,
        },
    ),
    "ServiceData": envelope(
        "tapi-connectivity:connectivity-service",
        {"type": "array", "minItems": 1, "maxItems": 1, "items": SERVICE},
    ),
    "TapiData": {"type": "object", "description": "As the YANG modules of T-API 2.1.3 say."},
}

CHANGES: dict[str, Any] = {"waits": True, "problems": REFUSALS}


def _operation(name: str, summary: str, schema: str | None = None, **more: Any) -> Route:
    operation = name.partition(":")[2].replace("-", "_")
    return _route("POST", f"{OPERATIONS}/{name}", operation, summary, schema, **more)


def _route(
    method: str, path: str, operation: str, summary: str, schema: str | None = None, **more: Any
) -> Route:
    shown: dict[str, Any] = {"response": "TapiData", "media_type": YANG, "tag": "tapi"}
    return Route(method, path, operation, summary, schema, **(shown | more))


ROUTES: tuple[Route, ...] = (
    _operation("tapi-common:get-service-interface-point-list", "All points"),
    _operation("tapi-common:get-service-interface-point-details", "A point", "SipInput"),
    _operation("tapi-topology:get-topology-list", "All topologies, of which there is one"),
    _operation("tapi-topology:get-topology-details", "The topology", "TopologyInput"),
    _operation("tapi-connectivity:get-connectivity-service-list", "All lightpaths"),
    _operation("tapi-connectivity:get-connectivity-service-details", "A lightpath", "ServiceInput"),
    _operation("tapi-connectivity:get-connection-details", "A lightpath's path", "ConnectionInput"),
    _operation(
        "tapi-connectivity:create-connectivity-service",
        "Set up a lightpath",
        "CreateInput",
        **CHANGES,
    ),
    _operation(
        "tapi-connectivity:update-connectivity-service", "Change its rate", "UpdateInput", **CHANGES
    ),
    _operation(
        "tapi-connectivity:delete-connectivity-service",
        "Take a lightpath down",
        "ServiceInput",
        success=(204,),
        response=None,
        **CHANGES,
    ),
    _route("GET", CONTEXT, "context", "Everything"),
    _route("GET", TOPOLOGY, "topology_context", "Topologies"),
    _route("GET", f"{TOPOLOGY}/topology={{uuid}}", "topology", "The topology"),
    _route("GET", CONNECTIVITY, "connectivity_context", "Lightpaths and their paths"),
    _route("GET", f"{CONNECTIVITY}/connectivity-service={{uuid}}", "service", "A lightpath"),
    _route(
        "PUT",
        f"{CONNECTIVITY}/connectivity-service={{uuid}}",
        "put_service",
        "Set up a lightpath under the client's own id",
        "ServiceData",
        success=(201, 204),
        response=None,
        **CHANGES,
    ),
    _route(
        "DELETE",
        f"{CONNECTIVITY}/connectivity-service={{uuid}}",
        "delete_service",
        "Take a lightpath down",
        success=(204,),
        response=None,
        **CHANGES,
    ),
)
