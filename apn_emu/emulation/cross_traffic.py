"""The generator of cross traffic: real packets of nobody here, on the links of the packet network.

One process for all links: `python -m apn_emu.emulation.cross_traffic`, with APN_PLAN naming the
plan. It hands bursts to the kernel as UDP segmentation offload (UDP_SEGMENT of udp(7)), one system
call a burst, at the moments of a Poisson process of each link; seeded, so equal plans give equal
packets.
"""

from __future__ import annotations

import heapq
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from apn_emu.emulation.controller import python_command
from apn_emu.errors import EmulationError
from apn_emu.planning.packets import CrossTraffic
from apn_emu.planning.plan import Plan

NAME = "cross-traffic"
"""Of the host."""

UDP_SEGMENT = 103
HEADERS_BYTES = 20 + 8
"""IPv4 and UDP."""

DISCARD_PORT = 9
"""The discard protocol's (RFC 863); nobody listens there."""


def commands(plan: Plan) -> Iterable[str]:
    """Yield what `ip` does on the generator: an interface a router, an address a link."""
    yield "link set lo up"
    for number, router in enumerate(plan.generator_routers):
        device = f"eth{number}"
        yield f"link set {device} addrgenmode none"
        yield f"link set {device} up"
        yield f"addr add 100.127.{number}.1/32 dev {device}"
        for traffic in plan.cross_traffic:
            if traffic.router == router.id:
                yield f"route add {traffic.ipv4}/32 dev {device} src 100.127.{number}.1"
                neighbour = f"neigh add {traffic.ipv4} dev {device} lladdr {traffic.mac}"
                yield f"{neighbour} nud permanent"


class Source:
    """The cross traffic of one direction of a link."""

    def __init__(self, traffic: CrossTraffic, seed: int) -> None:
        payload_bytes = traffic.packet_bytes - HEADERS_BYTES
        self._burst = bytes(payload_bytes * traffic.burst_packets)
        self._bursts_per_s = traffic.rate_bps / (8 * traffic.packet_bytes * traffic.burst_packets)
        self._random = random.Random(f"{seed} {traffic.number}")
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self._socket.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, payload_bytes)
        self._socket.connect((traffic.ipv4, DISCARD_PORT))

    def gap_s(self) -> float:
        """Return the time to the next burst."""
        return self._random.expovariate(self._bursts_per_s)

    def send(self) -> None:
        """Send a burst."""
        self._socket.send(self._burst)


@contextmanager
def running(plan: Plan, net: Any, plan_file: Path) -> Iterator[None]:
    """Keep the generator of a network running, if its plan has cross traffic."""
    if not plan.cross_traffic:
        yield
        return
    with net[NAME].namespace.entered():
        process = subprocess.Popen(
            [*python_command(), "-m", __name__],
            stdin=subprocess.DEVNULL,
            env=os.environ | {"APN_PLAN": str(plan_file)},
        )
    try:
        yield
    finally:
        process.terminate()
        if process.wait() != -signal.SIGTERM:
            raise EmulationError("the generator of cross traffic ended early (see console.log)")


def main() -> None:
    """Send until the process is ended."""
    plan = Plan.from_json(Path(os.environ["APN_PLAN"]).read_text())
    sources = [Source(traffic, plan.seed) for traffic in plan.cross_traffic]
    now_s = time.monotonic()
    moments = [(now_s + source.gap_s(), number) for number, source in enumerate(sources)]
    heapq.heapify(moments)
    while True:
        at_s, number = moments[0]
        time.sleep(max(0.0, at_s - time.monotonic()))
        sources[number].send()
        heapq.heapreplace(moments, (at_s + sources[number].gap_s(), number))


if __name__ == "__main__":
    main()
