"""The operations of the REST interface, one line each; `Api` has a method of each name."""

from __future__ import annotations

from apn_emu.control.north.refusals import REFUSALS
from apn_emu.control.north.routes import Route

EVENT_STREAM = "text/event-stream"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/v1/lightpaths", "list_lightpaths", "All lightpaths", None, "Lightpath", True),
    Route(
        "POST",
        "/v1/lightpaths",
        "create_lightpath",
        "Set a lightpath up; repeating it with the same id changes nothing",
        "LightpathRequest",
        "Lightpath",
        success=(200, 201, 202),
        problems=REFUSALS,
        waits=True,
    ),
    Route(
        "PUT",
        "/v1/lightpaths/{id}",
        "create_lightpath",
        "Set a lightpath up under that id",
        "LightpathRequest",
        "Lightpath",
        success=(200, 201, 202),
        problems=REFUSALS,
        waits=True,
    ),
    Route(
        "GET",
        "/v1/lightpaths/{id}",
        "show_lightpath",
        "One lightpath; for one whose set-up was refused, the reason",
        None,
        "Lightpath",
        problems=(404, *REFUSALS),
    ),
    Route(
        "PATCH",
        "/v1/lightpaths/{id}",
        "change_lightpath",
        "Change a lightpath's rate",
        "LightpathChange",
        "Lightpath",
        success=(200, 202),
        problems=(404, *REFUSALS),
        waits=True,
    ),
    Route(
        "DELETE",
        "/v1/lightpaths/{id}",
        "delete_lightpath",
        "Take a lightpath down, the light first",
        success=(202, 204),
        problems=(404, 409),
        waits=True,
    ),
    Route("GET", "/v1/topology", "show_topology", "Nodes and fibres", None, "Topology"),
    Route(
        "GET",
        "/v1/service-interface-points",
        "list_service_interface_points",
        "Where lightpaths can end",
        None,
        "ServiceInterfacePoint",
        True,
    ),
    Route(
        "GET",
        "/v1/spectrum",
        "list_spectrum",
        "Channels on each fibre",
        None,
        "FibreSpectrum",
        True,
    ),
    Route("GET", "/v1/quality", "list_quality", "Quality of transmission", None, "Quality", True),
    Route("GET", "/v1/alarms", "list_alarms", "Active alarms", None, "Alarm", True),
    Route(
        "GET",
        "/v1/events",
        "stream_events",
        "What happens, as server-sent events; Last-Event-ID brings what was missed",
        media_type=EVENT_STREAM,
    ),
    Route("GET", "/openapi.json", "show_description", "This description"),
)
