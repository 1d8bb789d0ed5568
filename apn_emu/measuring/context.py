"""What every workload needs: the network, the timeline, and where records are kept."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from apn_emu.emulation.timeline import Activity, Task, Timeline
from apn_emu.errors import EmulationError
from apn_emu.planning.places import site_of
from apn_emu.planning.plan import Plan, Server

if TYPE_CHECKING:  # Mininet: not where a workload is only read
    from apn_emu.emulation.network import ApnNet
    from apn_emu.emulation.nodes import ServerNode

FIRST_PORT, LAST_PORT = 6700, 32768
"""Above the well-known ones that programs use, below those that the kernel gives out."""

QUIET_S = 100e-6
"""Between one measurement and the next: cards that collect packets (at most 20 us) are done."""


class Row(NamedTuple):
    """One measurement, as in measurements.csv."""

    kind: str
    source: str
    destination: str
    metric: str
    value: float
    unit: str


class Gap(NamedTuple):
    """A time without packets that a probe found, in seconds of the timeline."""

    kind: str
    source: str
    destination: str
    begin_s: float
    """Last arrival before."""
    end_s: float | None
    """First arrival after; None if none came any more."""
    missing: int
    """Packets that are missing in between."""
    interval_s: float
    """Between two packets: how exactly begin and end are known."""


class Series(NamedTuple):
    """A throughput over time, in bit/s of payload for each interval from `start_s` on."""

    kind: str
    source: str
    destination: str
    start_s: float
    interval_s: float
    rates_bps: list[int]


def label(place: str) -> str:
    """Return `site` for the first server of a site, `site/number` for another."""
    return place.removesuffix("/1")


@dataclass
class Context:
    """The running session as a workload sees it."""

    plan: Plan
    net: ApnNet
    timeline: Timeline
    records: Path
    """Folder for what programs print: kept beside the result."""
    progress: Callable[[str], None]
    play: Callable[[dict[str, Any]], None]
    """Lets an event, as the plan has them, happen to the network."""
    background: list[subprocess.Popen[bytes]] = field(default_factory=list)
    """Processes to end when all workloads are done."""
    gaps: list[Gap] = field(default_factory=list)
    """Outages that probes found."""
    series: list[Series] = field(default_factory=list)
    """Throughputs over time."""
    failures: list[str] = field(default_factory=list)
    """What went wrong without ending the run, such as a command's exit code."""
    _next_port: int = FIRST_PORT

    def server(self, place: str) -> Server:
        """Return the planned server of `site/number`."""
        site, _, number = place.partition("/")
        return self.plan.site_by_id[site].servers[int(number or 1) - 1]

    def places(self, on: Sequence[str] | None) -> list[str]:
        """Return the servers `on` as `site/number`; all of the plan, site by site, for None."""
        if on is not None:
            return list(on)
        return [
            f"{site.id}/{number + 1}"
            for site in self.plan.sites
            for number in range(len(site.servers))
        ]

    def slowest_card_bps(self, places: Sequence[str]) -> int:
        """Return the lowest rate of the servers' cards."""
        return min(self.plan.site_by_id[site_of(place)].server_rate_bps for place in places)

    def node(self, place: str) -> ServerNode:
        """Return the Mininet node of `site/number`."""
        node: ServerNode = self.net[self.server(place).name]
        return node

    def take_ports(self, count: int = 1) -> int:
        """Return the first of `count` ports that no other workload uses, on any server.

        Ports that the kernel chooses are random, and parallel lightpaths are chosen by ports.
        """
        port = self._next_port
        self._next_port += count
        if self._next_port > LAST_PORT:
            raise EmulationError(f"the workloads need more than {LAST_PORT - FIRST_PORT} ports")
        return port

    @contextmanager
    def record(self, name: str) -> Iterator[IO[bytes]]:
        """Open a file for what a program prints."""
        path = self.records / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            yield file

    def for_pairs(self, workload: Any, measure: Callable[[str, str, int], Activity]) -> Activity:
        """Measure each of the workload's `pairs`, as many at once as its `parallel` says.

        `measure(source, destination, number)` is the activity for one pair. Returns all rows.
        """
        pairs: Sequence[tuple[str, str]] = workload.pairs
        at_once = workload.parallel or len(pairs)
        rows: list[Row] = []
        running: list[Task] = []
        for number, (source, destination) in enumerate(pairs):
            if len(running) == at_once:
                rows += yield running.pop(0)
                yield self.timeline.sleep(QUIET_S)
            self.progress(f"{workload.name} {number + 1} of {len(pairs)}: {source}-{destination}")
            running.append(self.timeline.add(measure(source, destination, number)))
        for task in running:
            rows += yield task
        return rows
