"""The OpenAPI 3.1 description, made from the table that the router uses and the schemas."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from apn_emu import __version__
from apn_emu.control.north import tapi_operations
from apn_emu.control.north.exchange import JSON, PROBLEM, YANG
from apn_emu.control.north.operations import ROUTES
from apn_emu.control.north.routes import Route
from apn_emu.control.north.schemas import NAME, SCHEMAS, reference

WAIT: dict[str, Any] = {
    "name": "Prefer",
    "in": "header",
    "schema": {"type": "string", "examples": ["wait=60"]},
    "description": "`wait=SECONDS` (RFC 7240): answer when all is done, or after that time.",
}


def description() -> dict[str, Any]:
    """Return the description."""
    paths: dict[str, Any] = {}
    for route in (*ROUTES, *tapi_operations.ROUTES):
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "apn-emu lightpath controller",
            "version": __version__,
            "summary": "Lightpaths of an emulated all-photonic network",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": {**SCHEMAS, **tapi_operations.SCHEMAS}},
    }


def _operation(route: Route) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": NAME} for name in route.names
    ]
    if route.waits:
        parameters.append(WAIT)
    operation: dict[str, Any] = {
        "operationId": f"{route.operation}_{route.method.lower()}",
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": parameters,
        "responses": _responses(route),
    }
    if route.request:
        content = {JSON: {"schema": reference(route.request)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _responses(route: Route) -> dict[str, Any]:
    schema: dict[str, Any] = reference(route.response) if route.response else {}
    if route.many:
        schema = {"type": "array", "items": schema}
    responses: dict[str, Any] = {}
    for status in route.success:
        responses[str(int(status))] = {"description": HTTPStatus(status).phrase}
        if route.response or route.media_type != JSON:
            responses[str(int(status))]["content"] = {route.media_type: {"schema": schema}}
    problem = {PROBLEM: {"schema": reference("Problem")}}
    if route.media_type == YANG:
        problem = {YANG: {"schema": {"type": "object", "required": ["ietf-restconf:errors"]}}}
    for status in dict.fromkeys((400, *_of_names(route), *_of_bodies(route), *route.problems)):
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": problem}
    return responses


def _of_names(route: Route) -> tuple[int, ...]:
    """Return the problem of what does not exist, where anything is named."""
    return (404,) if route.names or (route.tag == "tapi" and route.request) else ()


def _of_bodies(route: Route) -> tuple[int, ...]:
    """Return the problems of a body: too large, of another kind, or contradicting itself."""
    return (413, 415, 422) if route.request else ()
