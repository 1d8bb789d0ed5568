"""Lightpaths as T-API connectivity services and connections, and requests for them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apn_emu.control.north import tapi
from apn_emu.control.north.exchange import Fault, Problem
from apn_emu.control.north.identity import made, service, site_point
from apn_emu.control.north.resources import used_transponders
from apn_emu.control.north.schemas import NAME
from apn_emu.control.requests import LightpathStatus
from apn_emu.planning.lightpaths import RESTORED, Path
from apn_emu.planning.plan import Plan, Site, Terminal

UNITS_BPS = {"TBPS": 10**12, "GBPS": 10**9, "MBPS": 10**6, "KBPS": 10**3}

END_POINTS: dict[str, Any] = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "items": {
        "type": "object",
        "required": ["service-interface-point"],
        "properties": {
            "local-id": {"type": "string"},
            "service-interface-point": {
                "type": "object",
                "required": ["service-interface-point-uuid"],
                "properties": {"service-interface-point-uuid": {"type": "string"}},
            },
        },
    },
}
CAPACITY: dict[str, Any] = {
    "type": "object",
    "required": ["total-size"],
    "properties": {
        "total-size": {
            "type": "object",
            "required": ["value", "unit"],
            "properties": {
                "value": {"type": "integer", "minimum": 1, "maximum": 10**9},
                "unit": {"enum": list(UNITS_BPS)},
            },
        }
    },
}
RESILIENCE: dict[str, Any] = {
    "type": "object",
    "properties": {"protection-type": {"enum": list(tapi.PROTECTION.values())}},
}
CONSTRAINT: dict[str, Any] = {
    "type": "object",
    "required": ["requested-capacity"],
    "properties": {
        "service-type": {"enum": ["POINT_TO_POINT_CONNECTIVITY"]},
        "connectivity-direction": {"enum": ["BIDIRECTIONAL"]},
        "requested-capacity": CAPACITY,
    },
}
REQUEST: dict[str, Any] = {
    "type": "object",
    "required": ["end-point", "connectivity-constraint"],
    "properties": {
        "uuid": {**NAME, "description": "The client's own id: not in the model, which has none."},
        "end-point": END_POINTS,
        "connectivity-constraint": CONSTRAINT,
        "resilience-constraint": {
            "type": "object",
            "properties": {"resilience-type": RESILIENCE},
        },
    },
}
"""Input of create-connectivity-service: the leaves that are read."""

SERVICE: dict[str, Any] = {
    "type": "object",
    "required": ["end-point", "requested-capacity"],
    "properties": {
        "end-point": END_POINTS,
        "requested-capacity": CAPACITY,
        "resilience-type": RESILIENCE,
    },
}
"""A connectivity service as data: the leaves that are read."""


def as_input(service: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input of create-connectivity-service that says the same as a service's data."""
    return {
        "end-point": service["end-point"],
        "connectivity-constraint": {"requested-capacity": service["requested-capacity"]},
        "resilience-constraint": {"resilience-type": service.get("resilience-type", {})},
    }


def rate_bps(body: Mapping[str, Any]) -> int:
    """Return the requested capacity of an operation's input."""
    size = body["connectivity-constraint"]["requested-capacity"]["total-size"]
    rate: int = size["value"] * UNITS_BPS[size["unit"]]
    return rate


def wanted(plan: Plan, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a lightpath request, without its id; raise `Problem`."""
    sites = {site_point(site.id): site.id for site in plan.terminals}
    ends, unknown = [], []
    for number, end in enumerate(body["end-point"]):
        point = end["service-interface-point"]["service-interface-point-uuid"]
        if point not in sites:
            where = f"/end-point/{number}/service-interface-point/service-interface-point-uuid"
            unknown.append(Fault(where, f"there is no service-interface point {point}"))
        ends.append(sites.get(point, ""))
    if unknown:
        raise Problem(422, "BAD_REQUEST", unknown[0].detail, unknown)
    resilience = body.get("resilience-constraint", {}).get("resilience-type", {})
    kinds = {kind: name for name, kind in tapi.PROTECTION.items()}
    return {
        "source": ends[0],
        "destination": ends[1],
        "rate_bps": rate_bps(body),
        "protection": kinds.get(resilience.get("protection-type"), "none"),
    }


def service_interface_point(site: Terminal, statuses: list[LightpathStatus]) -> dict[str, Any]:
    """Return a site's point, whose capacities count its transponders at the servers' rate, or a
    gateway's, which has no rate of its own."""
    capacities = {}
    if isinstance(site, Site):
        free = site.transponders - used_transponders(site, statuses)
        capacities = {
            "total-potential-capacity": tapi.capacity(site.transponders * site.server_rate_bps),
            "available-capacity": tapi.capacity(free * site.server_rate_bps),
        }
    return {
        "uuid": site_point(site.id),
        "name": tapi.named("SITE", site.id),
        "layer-protocol-name": tapi.CLIENT_LAYER,
        "supported-layer-protocol-qualifier": ["tapi-common:LAYER_PROTOCOL_QUALIFIER_UNSPECIFIED"],
        "direction": "BIDIRECTIONAL",
        **capacities,
        **tapi.UP,
    }


def states(status: LightpathStatus) -> dict[str, str]:
    """Return a lightpath's states."""
    return {
        "administrative-state": status.administrative,
        "operational-state": status.operational,
        "lifecycle-state": status.lifecycle,
    }


def connectivity_service(status: LightpathStatus) -> dict[str, Any]:
    """Return a lightpath as a service between two service-interface points."""
    lightpath = status.lightpath
    policy = "END_TO_END_RESTORATION" if lightpath.protection in RESTORED else "NA"
    return {
        "uuid": service(lightpath.id),
        "name": tapi.named("LIGHTPATH_ID", lightpath.id),
        "service-layer": tapi.CLIENT_LAYER,
        "service-type": "POINT_TO_POINT_CONNECTIVITY",
        "connectivity-direction": "BIDIRECTIONAL",
        "requested-capacity": tapi.capacity(lightpath.rate_bps),
        "end-point": [
            {
                "local-id": local,
                "layer-protocol-name": tapi.CLIENT_LAYER,
                "direction": "BIDIRECTIONAL",
                "role": "SYMMETRIC",
                "service-interface-point": {"service-interface-point-uuid": site_point(end.site)},
                **states(status),
            }
            for local, end in zip(("a", "b"), lightpath.ends, strict=True)
        ],
        "connection": [
            {"connection-uuid": made("connection", path.id)} for path in lightpath.paths
        ],
        "resilience-type": {
            "restoration-policy": policy,
            "protection-type": tapi.PROTECTION[lightpath.protection],
        },
        **states(status),
    }


def connection(plan: Plan, status: LightpathStatus, path: Path) -> dict[str, Any]:
    """Return one of a lightpath's paths as a connection with its route."""
    route = [
        tapi.reference(plan, node, port)
        | {"connection-end-point-uuid": tapi.end_id(path, node, port)}
        for node, port in tapi.ports(plan, path)
    ]
    return {
        "uuid": made("connection", path.id),
        "name": tapi.named("PATH_ID", path.id),
        "layer-protocol-name": tapi.LAYER,
        "direction": "BIDIRECTIONAL",
        "connection-end-point": [route[0], route[-1]],
        "route": [{"local-id": "1", "connection-end-point": route}],
        "operational-state": status.operational,
        "lifecycle-state": status.lifecycle,
    }
