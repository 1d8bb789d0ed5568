"""Where on its way a probe is seen, and how long the plan says it takes from place to place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain
from socket import socket
from typing import NamedTuple

from apn_emu.emulation.ports import ETHERNET_OVERHEAD_BYTES, TAG_BYTES
from apn_emu.measuring.context import Context, Row, label
from apn_emu.planning.packets import PacketLink
from apn_emu.planning.plan import Lightpath
from apn_emu.traffic import probes, sockets

UDP_BYTES = 14 + 20 + 8
"""Headers of Ethernet, IPv4 and UDP."""


class Point(NamedTuple):
    """A place that packets reach through an interface, and the planned time since the one before.

    The plan is for an empty network, so what is measured above it is queueing.
    """

    place: str
    interface: str
    planned_ns: int


def points(context: Context, source: str, destination: str, payload_bytes: int) -> list[Point]:
    """Return the switches, routers, ROADMs and transponders between two servers, in the order of
    packets, and the server itself, which has no interface here.

    Parallel ways come one after the other, without the fibres that they share; packets of one flow
    take one of them.
    """
    server = context.server(source)
    here, target = server.site, context.server(destination).site
    found = [_point(context, f"dc-{here}", server.port, 0)]
    for ways in context.plan.ways(here, target):
        for hop, near, _ in chain.from_iterable(ways):
            if isinstance(hop, Lightpath):
                found += _lightpath(context, hop, near, payload_bytes)
            else:
                found.append(_packet_link(context, hop, near))
    distinct = {point.interface: point for point in found}
    latency_ns = context.plan.site_by_id[target].server_latency_ns
    return [*distinct.values(), Point(label(destination), "", latency_ns)]


def _point(context: Context, name: str, port: int, planned_ns: int) -> Point:
    return Point(name, f"{context.net[name].bridge}-{port}", planned_ns)


def _packet_link(context: Context, link: PacketLink, here: str) -> Point:
    end = link.far_end(here)
    name = f"dc-{end.site}" if end.site in context.plan.site_by_id else end.site
    return _point(context, name, end.client_port, link.latency.total_ns)


def _lightpath(context: Context, path: Lightpath, here: str, payload_bytes: int) -> Iterator[Point]:
    there = path.far_end(here)
    nodes = path.route if path.route[0] == here else path.route[::-1]
    fibres = path.fibres if path.route[0] == here else path.fibres[::-1]
    yield _point(context, f"roadm-{here}", path.end(here).add_drop_port, 0)
    for node, fibre_id in zip(nodes[1:], fibres, strict=True):
        fibre = context.plan.fibre_by_id[fibre_id]
        port = fibre.a_port if fibre.a == node else fibre.b_port
        yield _point(context, f"roadm-{node}", port, fibre.delay_ns)
    frame_bits = 8 * (payload_bytes + UDP_BYTES + ETHERNET_OVERHEAD_BYTES)
    planned_ns = path.drop_delay_ns
    if there.site in context.plan.site_by_id:  # gateways pass frames on as they come
        planned_ns += round(frame_bits * 1e9 / path.rate_bps)
    yield _point(context, f"apnt-{there.site}", there.line_port, planned_ns)


@contextmanager
def tapped(on_the_way: list[Point], payload_bytes: int) -> Iterator[list[socket]]:
    """Open a tap at each point but the last, with and without the tag of a channel."""
    frame_bytes = payload_bytes + UDP_BYTES
    with ExitStack() as stack:
        yield [
            stack.enter_context(
                sockets.tap(point.interface, (frame_bytes, frame_bytes + TAG_BYTES))
            )
            for point in on_the_way[:-1]
        ]


def rows(
    name: str,
    ends: tuple[str, str],
    on_the_way: list[Point],
    taps: list[socket],
    samples: list[probes.Sample],
) -> Iterator[Row]:
    """Yield `hop_delay` of every probe and `planned_hop_delay` for each place that it reaches.

    The kind says which: `NAME-hops.SOURCE-DESTINATION.NUMBER.PLACE`, numbered along the way.
    """
    source, destination = ends
    *passing, arriving = on_the_way
    seen: dict[int, list[tuple[Point, int]]] = {sample.number: [] for sample in samples}
    for point, tap in zip(passing, taps, strict=True):
        for at_ns, frame in sockets.tapped(tap):
            number = probes.request_number(frame)
            if number in seen:
                seen[number].append((point, at_ns))
    planned: dict[str, int] = {}
    for sample in samples:
        before_ns = sample.sent
        passed = sorted(seen[sample.number], key=lambda passed: passed[1])
        passed.append((arriving, sample.arrived))
        for number, (point, at_ns) in enumerate(passed, 1):
            kind = f"{name}-hops.{source}-{destination}.{number}.{point.place}"
            planned[kind] = point.planned_ns
            spent_s = round((at_ns - before_ns) / 1e9, 9)
            yield Row(kind, *ends, "hop_delay", spent_s, "s")
            before_ns = at_ns
    for kind, planned_ns in planned.items():
        yield Row(kind, *ends, "planned_hop_delay", planned_ns / 1e9, "s")
