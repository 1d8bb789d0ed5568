"""JSON Schemas of the REST interface: what the OpenAPI description shows and what is checked."""

from __future__ import annotations

from typing import Any

from apn_emu.planning.lightpaths import RESTORED, TWO_PATHS, UNPROTECTED

Schema = dict[str, Any]

NAME: Schema = {"type": "string", "pattern": r"^[^\x00-\x1f/]+$", "maxLength": 100}
RATE: Schema = {
    "type": "integer",
    "minimum": 1,
    "maximum": 10**14,
    "description": "Rate that the client gets, bit/s.",
}
PROTECTIONS = list(dict.fromkeys((UNPROTECTED, *TWO_PATHS, *RESTORED)))


def reference(name: str) -> Schema:
    """Return the reference to a schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def _object(required: list[str], **properties: Schema) -> Schema:
    return {"type": "object", "required": required, "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


PORT: Schema = {"type": "integer", "minimum": 1, "maximum": 1000}
TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
COUNT: Schema = {"type": "integer"}

CREATE: Schema = {
    "type": "object",
    "required": ["source", "destination", "rate_bps"],
    "additionalProperties": False,
    "properties": {
        "id": {**NAME, "description": "The client's own name: asking again changes nothing."},
        "source": {**NAME, "description": "Site."},
        "destination": {**NAME, "description": "Site."},
        "rate_bps": RATE,
        "protection": {"enum": PROTECTIONS},
        "disjoint": {"enum": ["link", "node", "srlg"]},
        "priority": {"type": "integer", "minimum": 0, "maximum": 1000},
        "mode": {**NAME, "description": "Transceiver mode, else the best that fits."},
        "route": {"type": "array", "minItems": 2, "maxItems": 1000, "items": NAME},
        "max_latency_us": {"type": "number", "minimum": 0, "description": "One way."},
        "source_port": {**PORT, "description": "Transponder at the source, else one that is free."},
        "destination_port": {**PORT, "description": "Transponder at the destination."},
        "remote": {**NAME, "description": "Site of another domain that a segment leads to."},
    },
}

SCHEMAS: dict[str, Schema] = {
    "LightpathRequest": CREATE,
    "LightpathChange": {
        "type": "object",
        "required": ["rate_bps"],
        "additionalProperties": False,
        "properties": {"rate_bps": RATE},
    },
    "Path": _object(
        ["id", "role", "route", "fibres", "centre_thz", "width_ghz", "mode", "latency_us", "qot"],
        id=TEXT,
        role={"enum": ["working", "protecting"]},
        route=_list(TEXT),
        fibres=_list(TEXT),
        length_km=NUMBER,
        centre_thz=NUMBER,
        width_ghz=NUMBER,
        mode=TEXT,
        latency_us=NUMBER,
        frame_loss=NUMBER,
        qot={
            "type": "object",
            "description": "Quality of transmission: `gsnr_01nm_db`, `osnr_01nm_db` (0.1 nm), "
            "`margin_db` above the mode's limit, `pre_fec_ber`.",
            "additionalProperties": NUMBER,
        },
    ),
    "Lightpath": _object(
        ["id", "source", "destination", "rate_bps", "lifecycle_state", "operational_state"],
        id=TEXT,
        source=TEXT,
        destination=TEXT,
        rate_bps=COUNT,
        protection={"enum": PROTECTIONS},
        priority=COUNT,
        lifecycle_state={"enum": ["PLANNED", "INSTALLED", "PENDING_REMOVAL"]},
        administrative_state={"enum": ["LOCKED", "UNLOCKED"]},
        operational_state={"enum": ["ENABLED", "DISABLED"]},
        selected={
            "type": "object",
            "description": "Site -> the path that its clients get.",
            "additionalProperties": TEXT,
        },
        restored={**_list(TEXT), "description": "Paths that left their first route."},
        unrestored={
            "type": "object",
            "description": "Dark path -> why it was not restored.",
            "additionalProperties": _object(["code", "detail"], code=TEXT, detail=TEXT),
        },
        paths=_list(reference("Path")),
    ),
    "Topology": _object(
        ["name", "nodes", "links"],
        name=TEXT,
        nodes=_list(_object(["id"], id=TEXT, transponders=COUNT, free_transponders=COUNT)),
        links=_list(
            _object(
                ["id", "a", "b"],
                id=TEXT,
                a=TEXT,
                b=TEXT,
                length_km=NUMBER,
                amplifiers=COUNT,
                delay_us=NUMBER,
            )
        ),
    ),
    "ServiceInterfacePoint": _object(
        ["uuid", "site"], uuid=TEXT, site=TEXT, transponders=COUNT, free_transponders=COUNT
    ),
    "FibreSpectrum": _object(
        ["fibre", "channels"],
        fibre=TEXT,
        channels=_list(
            _object(
                ["path", "lower_thz", "upper_thz"],
                path=TEXT,
                lower_thz=NUMBER,
                upper_thz=NUMBER,
                centre_thz=NUMBER,
            )
        ),
    ),
    "Alarm": _object(
        ["kind", "resource", "since_s", "lightpaths"],
        kind=TEXT,
        resource=TEXT,
        since_s=NUMBER,
        lightpaths=_list(TEXT),
        text=TEXT,
    ),
    "Quality": _object(
        ["path", "lightpath", "mode"],
        path=TEXT,
        lightpath=TEXT,
        mode=TEXT,
        gsnr_01nm_db=NUMBER,
        osnr_01nm_db=NUMBER,
        margin_db=NUMBER,
        pre_fec_ber=NUMBER,
    ),
    "Problem": {
        "description": "RFC 9457, with the reason code for programs as `code`.",
        **_object(
            ["type", "title", "status", "code", "detail"],
            type=TEXT,
            title=TEXT,
            status=COUNT,
            code=TEXT,
            detail=TEXT,
            errors=_list(_object(["pointer", "detail"], pointer=TEXT, detail=TEXT)),
        ),
    },
}
"""Schemas by name."""
