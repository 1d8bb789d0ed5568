"""ONF Transport API: the plan and the service's states in the shape of its YANG modules. Pure.

Version 2.1.3: tapi-common and tapi-topology of 2020-04-23, tapi-connectivity and
tapi-photonic-media (`mc-pool` with frequencies in MHz, as in TR-547) of 2020-06-16. A site has one
service-interface point, for all its transponders; that several node-edge-points share it is what
the model calls experimental.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apn_emu.control.north.identity import made, site_point
from apn_emu.control.north.resources import crossing, edges_thz
from apn_emu.control.requests import Administrative, Lifecycle, LightpathStatus, Operational
from apn_emu.planning.lightpaths import Path
from apn_emu.planning.plan import ADD_DROP_PORT, Plan

VERSION = "2.1.3"
LAYER = "PHOTONIC_MEDIA"
CLIENT_LAYER = "DSR"
"""What a lightpath carries: a digital signal of no stated kind."""

UP = {
    "administrative-state": Administrative.UNLOCKED,
    "operational-state": Operational.ENABLED,
    "lifecycle-state": Lifecycle.INSTALLED,
}
PROTECTION = {
    "none": "NO_PROTECTON",  # the model's own spelling
    "1+1": "ONE_PLUS_ONE_PROTECTION",
    "1:1": "ONE_FOR_ONE_PROTECTION",
    "restoration": "DYNAMIC_RESTORATION",
    "1+1+restoration": "ONE_PLUS_ONE_PROTECTION_WITH_DYNAMIC_RESTORATION",
}
"""Protection type by the name that a scenario uses."""


def named(kind: str, value: str) -> list[dict[str, str]]:
    """Return the `name` list of an object."""
    return [{"value-name": kind, "value": value}]


def capacity(rate_bps: int) -> dict[str, Any]:
    """Return a capacity; the model has whole numbers only."""
    return {"total-size": {"value": rate_bps // 10**6, "unit": "MBPS"}}


def topology_id(plan: Plan) -> str:
    """Return the id of the only topology."""
    return made("topology", plan.network)


def point_id(node: str, port: int) -> str:
    """Return the id of a ROADM's port as a node-edge-point."""
    return made("node-edge-point", f"{node}:{port}")


def end_id(path: Path, node: str, port: int) -> str:
    """Return the id of where a path passes a port, a connection-end-point."""
    return made("connection-end-point", f"{path.id}:{node}:{port}")


def topology(plan: Plan, statuses: list[LightpathStatus]) -> dict[str, Any]:
    """Return the topology: a node for each ROADM, a link for each fibre pair."""
    paths = [path for status in statuses for path in status.lightpath.paths]
    passing = _passing(plan, paths)
    return {
        "uuid": topology_id(plan),
        "name": named("TOPOLOGY_NAME", plan.network),
        "layer-protocol-name": [LAYER],
        "node": [
            {
                "uuid": made("node", roadm.id),
                "name": named("NODE_NAME", roadm.id),
                "layer-protocol-name": [LAYER],
                "owned-node-edge-point": list(_points(plan, roadm.id, paths, passing)),
                **UP,
            }
            for roadm in plan.roadms
        ],
        "link": [
            {
                "uuid": made("link", fibre.id),
                "name": named("LINK_NAME", fibre.id),
                "layer-protocol-name": [LAYER],
                "direction": "BIDIRECTIONAL",
                "node-edge-point": [
                    reference(plan, fibre.a, fibre.a_port),
                    reference(plan, fibre.b, fibre.b_port),
                ],
                "cost-characteristic": [
                    {
                        "cost-name": "length-km",
                        "cost-value": f"{fibre.length_km:g}",
                        "cost-algorithm": "length of the fibre",
                    }
                ],
                "latency-characteristic": [
                    {
                        "traffic-property-name": "any",
                        "fixed-latency-characteristic": f"{fibre.delay_ns} ns",
                    }
                ],
                **UP,
            }
            for fibre in plan.fibres
        ],
    }


def _points(
    plan: Plan, node: str, paths: list[Path], passing: dict[tuple[str, int], list[Path]]
) -> Iterator[dict[str, Any]]:
    for fibre in plan.fibres:
        for end, port in ((fibre.a, fibre.a_port), (fibre.b, fibre.b_port)):
            if end == node:
                spectrum = [_band(path) for path in crossing(fibre.id, paths)]
                pool = {"mc-pool": {"occupied-spectrum": spectrum}}
                more = {"tapi-photonic-media:media-channel-node-edge-point-spec": pool}
                yield _point(node, port, passing) | more
    site = plan.terminal_by_id.get(node)
    if site is not None:
        point = {"service-interface-point-uuid": site_point(node)}
        for port in range(ADD_DROP_PORT, ADD_DROP_PORT + site.transponders):
            yield _point(node, port, passing) | {"mapped-service-interface-point": [point]}


def _point(node: str, port: int, passing: dict[tuple[str, int], list[Path]]) -> dict[str, Any]:
    ends = [
        {
            "uuid": end_id(path, node, port),
            "layer-protocol-name": LAYER,
            "connection-port-direction": "BIDIRECTIONAL",
        }
        for path in passing.get((node, port), ())
    ]
    return {
        "uuid": point_id(node, port),
        "name": named("PORT", f"{node}:{port}"),
        "layer-protocol-name": LAYER,
        "supported-cep-layer-protocol-qualifier": [
            "tapi-photonic-media:PHOTONIC_LAYER_QUALIFIER_OTSiMC"
        ],
        "link-port-direction": "BIDIRECTIONAL",
        "link-port-role": "SYMMETRIC",
        "tapi-connectivity:cep-list": {"connection-end-point": ends},
        **UP,
    }


def _band(path: Path) -> dict[str, int]:
    lower_thz, upper_thz = edges_thz(path)
    return {"lower-frequency": round(lower_thz * 1e6), "upper-frequency": round(upper_thz * 1e6)}


def reference(plan: Plan, node: str, port: int) -> dict[str, str]:
    """Return the reference to a node-edge-point."""
    return {
        "topology-uuid": topology_id(plan),
        "node-uuid": made("node", node),
        "node-edge-point-uuid": point_id(node, port),
    }


def ports(plan: Plan, path: Path) -> Iterator[tuple[str, int]]:
    """Yield (node, port) of every ROADM port that a path passes, from a to b."""
    yield path.route[0], path.a.add_drop_port
    for node, far, fibre_id in zip(path.route, path.route[1:], path.fibres, strict=False):
        fibre = plan.fibre_by_id[fibre_id]
        here, there = fibre.a_port, fibre.b_port
        if fibre.a != node:
            here, there = there, here
        yield node, here
        yield far, there
    yield path.route[-1], path.b.add_drop_port


def _passing(plan: Plan, paths: Iterable[Path]) -> dict[tuple[str, int], list[Path]]:
    passing: dict[tuple[str, int], list[Path]] = {}
    for path in paths:
        for place in ports(plan, path):
            passing.setdefault(place, []).append(path)
    return passing
