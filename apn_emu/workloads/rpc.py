"""Requests that several servers answer: how long the slowest answer takes."""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import ExitStack
from typing import Any

from apn_emu.emulation.timeline import Activity
from apn_emu.traffic.calls import Call, answer, ask
from apn_emu.workloads.connections import ended, listen
from apn_emu.workloads.context import Context, Row, label


def run(context: Context, params: dict[str, Any]) -> Activity:
    """Let all clients ask; rows `response_time` of each request and `call_time` of each answer."""
    servers = context.places(params["servers"])
    asking = {client: [place for place in servers if place != client] for client in params["on"]}
    context.progress(f"{params['name']}: {params['count']} requests to {len(servers)} servers")
    port = context.take_ports()
    drawn = {
        client: draw(params, f"{context.plan.seed} {params['name']} {client}", len(places))
        for client, places in asking.items()
    }
    targets: dict[str, list[tuple[tuple[str, int], tuple[str, int]]]] = defaultdict(list)
    calls: dict[str, dict[int, list[Call]]] = defaultdict(dict)
    for client, places in asking.items():
        for number, place in enumerate(places):
            own_port = context.take_ports()
            own = (context.server(client).ipv4, own_port)
            targets[client].append(((context.server(place).ipv4, port), own))
            calls[place][own_port] = [request[number] for request in drawn[client]]
    children = []
    with ExitStack() as sockets:
        for place, of_clients in calls.items():
            own_socket = sockets.enter_context(listen(context, place, port))
            node = context.node(place)
            children.append(node.fork(answer, own_socket, of_clients, params["request_byte"]))
    think_ns = round(params["think_time_s"] * 1e9)
    for client in asking:
        sizes = [[size for size, _ in request] for request in drawn[client]]
        node = context.node(client)
        children.append(node.fork(ask, targets[client], sizes, params["request_byte"], think_ns))
    results = []
    for task in [context.timeline.add(ended(child)) for child in children]:
        results.append((yield task))
    rows: list[Row] = []
    for (client, places), taken in zip(asking.items(), results[len(calls) :], strict=True):
        rows += read(params["name"], client, places, taken)
    return rows


def draw(params: dict[str, Any], seed: str, servers: int) -> list[list[Call]]:
    """Return, for each request, what each server is asked: bytes of the answer, service in ns."""
    random_number = random.Random(seed)

    def varied(mean: float, distribution: str) -> float:
        return mean if distribution == "fixed" else mean * random_number.expovariate(1.0)

    return [
        [
            (
                max(1, round(varied(params["response_byte"], params["response_distribution"]))),
                round(1e9 * varied(params["service_time_s"], params["service_distribution"])),
            )
            for _ in range(servers)
        ]
        for _ in range(params["count"])
    ]


def read(name: str, client: str, places: list[str], taken: list[list[int]]) -> list[Row]:
    """Return the rows of a client from the times (ns) of its requests, one for each server."""
    here = label(client)
    rows = [Row(name, here, "*", "response_time", max(times) / 1e9, "s") for times in taken]
    for number, place in enumerate(places):
        rows += [
            Row(name, here, label(place), "call_time", times[number] / 1e9, "s") for times in taken
        ]
    return rows
