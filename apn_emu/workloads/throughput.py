"""A traffic matrix over TCP, all flows at once, measured in steady state."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from apn_emu.emulation.timeline import Activity
from apn_emu.planning.places import site_of
from apn_emu.planning.steady import of_matrix
from apn_emu.results.fairness import jain
from apn_emu.traffic import bulk
from apn_emu.traffic.sockets import now_ns
from apn_emu.workloads.context import Context, Row, label
from apn_emu.workloads.mesh import run_mesh

SETTLE_NS = 2_000_000_000
"""From starting the processes until the first byte, beside two round trips to connect in: a first
packet that is lost is sent again after 1 s (RFC 6298)."""

DRAIN_S = 0.5
"""Afterwards, until all queues on the way are empty, so that nothing disturbs what comes next."""


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Send all flows of the matrix; rows `throughput` (bit/s of payload) and `retransmits` of
    each, and over all `aggregate_throughput`, `fairness` and `cut_efficiency`."""
    params = {**params, **of_matrix(context.plan, params)}
    flows, streams = params["flows"], params["streams"]
    context.progress(f"{params['name']}: {len(flows)} flows at once")
    first_port = context.take_ports(1 + len(flows) * streams)
    listening_port = first_port
    longest_ns = max(context.plan.round_trip_ns(*map(site_of, flow["ends"])) for flow in flows)
    start_ns = now_ns() + SETTLE_NS + 2 * longest_ns
    from_ns = start_ns + round(params["warm_up_s"] * 1e9)
    moments_ns = (start_ns, from_ns, from_ns + round(params["duration_s"] * 1e9))
    outgoing: dict[str, list[bulk.Connection]] = defaultdict(list)
    ports: list[range] = []
    for number, flow in enumerate(flows):
        source, destination = flow["ends"]
        own = first_port + 1 + number * streams
        ports.append(range(own, own + streams))
        target = (context.server(destination).ipv4, listening_port)
        rate_bps = None if flow["rate_bps"] is None else flow["rate_bps"] / streams
        outgoing[source] += [(port, target, rate_bps) for port in ports[-1]]
    received, retransmits = yield from run_mesh(
        context,
        listening_port,
        bulk.receive,
        {flow["ends"][1]: (moments_ns,) for flow in flows},
        bulk.send,
        {place: (made, params["congestion"], moments_ns) for place, made in outgoing.items()},
    )
    yield context.timeline.sleep(DRAIN_S)
    rates_bps = [
        sum(received.get(port, 0) for port in own) * 8 / params["duration_s"] for own in ports
    ]
    again = [sum(retransmits[port] for port in own) for own in ports]
    return read(params, rates_bps, again)


def read(params: dict[str, Any], rates_bps: list[float], retransmits: list[int]) -> list[Row]:
    """Return the rows for the rate and the retransmits of each flow, in the matrix's order."""
    name, flows = params["name"], params["flows"]
    rows = []
    for flow, rate_bps, again in zip(flows, rates_bps, retransmits, strict=True):
        ends = [label(place) for place in flow["ends"]]
        rows.append(Row(flow["name"], *ends, "throughput", round(rate_bps), "bit/s"))
        rows.append(Row(flow["name"], *ends, "retransmits", again, "1"))
    shares = [
        rate_bps / (flow["rate_bps"] or 1.0)
        for flow, rate_bps in zip(flows, rates_bps, strict=True)
    ]
    total_bps = math.fsum(rates_bps)
    rows.append(Row(name, "*", "*", "aggregate_throughput", round(total_bps), "bit/s"))
    rows.append(Row(name, "*", "*", "fairness", round(jain(shares), 9), "1"))
    if params["cut_bps"]:
        crossing_bps = math.fsum(
            rate_bps for flow, rate_bps in zip(flows, rates_bps, strict=True) if flow["crosses"]
        )
        efficiency = round(crossing_bps / params["cut_bps"], 9)
        rows.append(Row(name, "*", "*", "cut_efficiency", efficiency, "1"))
    return rows
