"""Requests that several servers answer: how long the slowest answer takes."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, ClassVar, Literal

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import ended, listen
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Counted
from apn_emu.measuring.workload import parameter
from apn_emu.results.metric import Metric
from apn_emu.traffic.calls import Call, answer, ask
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Duration, OneOrMore, Server, Size


class Rpc(Counted):
    """Requests that several servers answer (fan-out, partition/aggregate), one after the other.

    A client asks all servers at once over kept connections and is done when the slowest answer is
    complete (`response_time`; `call_time` for each server); it then thinks and asks again. Servers
    work on any number of requests at once. Computing costs nothing in the emulated machine, so the
    time for it is a parameter. Sizes by default are those of web search (DCTCP, SIGCOMM 2010).
    """

    on: OneOrMore[Server] = parameter("The client, or a list of clients.", key="rpc", min_length=1)
    servers: OneOrMore[Server] | Literal["all"] = parameter(
        "Who answers: `all` other servers, or a list.", "all"
    )
    service_time_s: Duration = parameter("How long a server works on a request, on average.")
    service_distribution: Literal["fixed", "exponential"] = parameter(
        "How the service time varies.", "exponential"
    )
    think_time_s: Duration = parameter("Time from an answer to the next request.", 0.0)
    count: int = parameter("Requests of each client.", 100, ge=1, le=10_000)
    request_byte: Size = parameter("Bytes of a request.", 1_600)
    response_byte: Size = parameter("Bytes of an answer, on average.", 2_000)
    response_distribution: Literal["fixed", "exponential"] = parameter(
        "How the size of answers varies.", "fixed"
    )

    metrics: ClassVar = {
        "response_time": Metric(
            DURATION,
            "from a request to the last byte of the slowest answer",
            japanese="要求から最も遅い応答の最後のバイトまで",
        ),
        "call_time": Metric(
            DURATION,
            "from a request to the last byte of one server's answer",
            japanese="要求から 1 台のサーバの応答の最後のバイトまで",
        ),
    }

    def check_sites(self, servers: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
        """Ask that somebody else answers each client."""
        for client in self.on:
            if self.servers == "all":
                missing, remedy = sum(servers.values()) < 2, "add servers under sites"
            else:
                missing, remedy = {*self.servers} <= {client}, "name another server"
            if missing:
                yield "servers", f"nobody but {client} itself answers {client}", remedy

    def run(self, context: Context) -> Activity:
        """Let all clients ask; rows `response_time` of each request, `call_time` of each answer."""
        servers = context.places(self.servers)
        asking = {client: [place for place in servers if place != client] for client in self.on}
        context.progress(f"{self.name}: {self.count} requests to {len(servers)} servers")
        port = context.take_ports()
        drawn = {
            client: draw(self, f"{context.plan.seed} {self.name} {client}", len(places))
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
                children.append(node.fork(answer, own_socket, of_clients, self.request_byte))
        think_ns = round(self.think_time_s * 1e9)
        for client in asking:
            sizes = [[size for size, _ in request] for request in drawn[client]]
            node = context.node(client)
            children.append(node.fork(ask, targets[client], sizes, self.request_byte, think_ns))
        results = []
        for task in [context.timeline.add(ended(child)) for child in children]:
            results.append((yield task))
        rows: list[Row] = []
        for (client, places), taken in zip(asking.items(), results[len(calls) :], strict=True):
            rows += read(self.name, client, places, taken)
        return rows


def draw(rpc: Rpc, seed: str, servers: int) -> list[list[Call]]:
    """Return, for each request, what each server is asked: bytes of the answer, service in ns."""
    random_number = random.Random(seed)

    def varied(mean: float, distribution: str) -> float:
        return mean if distribution == "fixed" else mean * random_number.expovariate(1.0)

    return [
        [
            (
                max(1, round(varied(rpc.response_byte, rpc.response_distribution))),
                round(1e9 * varied(rpc.service_time_s, rpc.service_distribution)),
            )
            for _ in range(servers)
        ]
        for _ in range(rpc.count)
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
