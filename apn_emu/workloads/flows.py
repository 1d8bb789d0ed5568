"""Flows that arrive at random between many servers, and how much longer than alone they take."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any, NamedTuple

from apn_emu.emulation.links import ETHERNET_OVERHEAD_BYTES
from apn_emu.emulation.timeline import Activity
from apn_emu.errors import EmulationError
from apn_emu.planning.places import site_of
from apn_emu.traffic import flows as traffic
from apn_emu.traffic.arrivals import poisson
from apn_emu.traffic.flow_sizes import DISTRIBUTIONS, size_class
from apn_emu.traffic.sockets import now_ns
from apn_emu.workloads.context import Context, Row, label
from apn_emu.workloads.mesh import run_mesh

SETTLE_NS = 100_000_000
"""From starting the processes until the first flow."""

PATIENCE_NS = 600 * 10**9
"""After the last flow has arrived, all must end within."""

HEADER_BYTES = 14 + 20 + 20 + 12
"""Of a TCP segment: Ethernet, IPv4, TCP and its timestamps (RFC 7323)."""


class Flow(NamedTuple):
    """A flow of the workload; `port` is its sender's and its own alone."""

    at_ns: int
    size_bytes: int
    source: str
    destination: str
    port: int


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Send the flows; rows for each: `fct` (s) and `slowdown_small`, `_medium` or `_large`."""
    flows, port = _arrivals(context, params)
    context.progress(f"{params['name']}: {len(flows)} flows")
    start_ns = now_ns() + SETTLE_NS
    outgoing: dict[str, list[tuple[int, int, tuple[str, int], int]]] = defaultdict(list)
    incoming: dict[str, int] = defaultdict(int)
    for flow in flows:
        target = (context.server(flow.destination).ipv4, port)
        outgoing[flow.source].append((start_ns + flow.at_ns, flow.port, target, flow.size_bytes))
        incoming[flow.destination] += 1
    until_ns = start_ns + max((flow.at_ns for flow in flows), default=0) + PATIENCE_NS
    done, started = yield from run_mesh(
        context,
        port,
        traffic.receive,
        {place: (count, until_ns) for place, count in incoming.items()},
        traffic.send,
        {place: (sending, params["congestion"]) for place, sending in outgoing.items()},
    )
    if missing := [flow for flow in flows if done.get(flow.port, (0, -1))[1] != flow.size_bytes]:
        raise EmulationError(f"{params['name']}: {len(missing)} flows did not end as they should")
    warm_up_ns = round(params["warm_up_s"] * 1e9)
    rows = []
    for flow in flows:
        if flow.at_ns >= warm_up_ns:
            taken_s = (done[flow.port][0] - started[flow.port]) / 1e9
            ends = (params["name"], label(flow.source), label(flow.destination))
            rows.append(Row(*ends, "fct", taken_s, "s"))
            slowdown = round(taken_s / _alone_s(context, flow), 6)
            rows.append(Row(*ends, f"slowdown_{size_class(flow.size_bytes)}", slowdown, "1"))
    return rows


def _arrivals(context: Context, params: dict[str, Any]) -> tuple[list[Flow], int]:
    """Return the flows by time, and the port on which all servers listen."""
    distribution = DISTRIBUTIONS[params["distribution"]]
    lasting_ns = round((params["warm_up_s"] + params["duration_s"]) * 1e9)
    found = [
        (arrival, pair["ends"])
        for number, pair in enumerate(params["flows"])
        for arrival in poisson(
            f"{context.plan.seed} {params['name']} {number}",
            distribution,
            pair["rate_bps"],
            lasting_ns,
        )
    ]
    found.sort()
    port = context.take_ports(1 + len(found))
    flows = [
        Flow(*arrival, *ends, number) for number, (arrival, ends) in enumerate(found, port + 1)
    ]
    return flows, port


def _alone_s(context: Context, flow: Flow) -> float:
    source, destination = map(site_of, (flow.source, flow.destination))
    return alone_s(
        flow.size_bytes,
        context.plan.round_trip_ns(source, destination),
        context.plan.path_rate_bps(source, destination),
        min(context.plan.site_by_id[site].mtu for site in (source, destination)),
    )


def alone_s(size_bytes: int, round_trip_ns: int, rate_bps: float, mtu: int) -> float:
    """Return the time that a flow takes at best: its handshake, and its frames at the full rate."""
    segments = math.ceil(size_bytes / (mtu - HEADER_BYTES + 14))
    frame_bytes = size_bytes + segments * (HEADER_BYTES + ETHERNET_OVERHEAD_BYTES)
    return 1.5 * round_trip_ns / 1e9 + frame_bytes * 8 / rate_bps
