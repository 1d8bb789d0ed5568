"""Flows that arrive at random between many servers, and how much longer than alone they take."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

from apn_emu.emulation.ports import ETHERNET_OVERHEAD_BYTES
from apn_emu.emulation.timeline import Activity
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.mesh import run_mesh
from apn_emu.measuring.workload import Workload, parameter, planned
from apn_emu.planning.places import site_of
from apn_emu.results.metric import COUNT, Metric
from apn_emu.traffic import flows as traffic
from apn_emu.traffic.arrivals import poisson
from apn_emu.traffic.flow_sizes import DISTRIBUTIONS, mean_bytes, size_class
from apn_emu.traffic.sockets import now_ns
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.planning.plan import Plan
    from apn_emu.scenario.vocabulary import Congestion, Duration, Matrix, Period

SETTLE_NS = 100_000_000
"""From starting the processes until the first flow."""

PATIENCE_NS = 600 * 10**9
"""After the last flow has arrived, all must end within."""

MAX_FLOWS = 10_000
"""That arrive: each has a port of its own."""

HEADER_BYTES = 14 + 20 + 20 + 12
"""Of a TCP segment: Ethernet, IPv4, TCP and its timestamps (RFC 7323)."""


class Flow(NamedTuple):
    """A flow of the workload; `port` is its sender's and its own alone."""

    at_ns: int
    size_bytes: int
    source: str
    destination: str
    port: int


class Flows(Workload):
    """Flows that arrive at random (Poisson) with sizes as measured in data centres.

    Each is a TCP connection of its own. Its completion time `fct` is from connecting to the
    receiver's last byte; its slowdown is that over the time that it would take alone, without slow
    start: one and a half round trips (handshake and way of the last byte) and its bits, headers
    included, at the rate of the narrowest place. Small flows have up to 100 kB, large ones more
    than 10 MB (pFabric, SIGCOMM 2013).
    """

    distribution: Literal["web-search", "data-mining"] = parameter(
        "Sizes: `web-search` (DCTCP, SIGCOMM 2010, mean 1.7 MB) or `data-mining` (VL2, SIGCOMM "
        "2009, mean 12.6 MB, up to 1 GB).",
        key="flows",
    )
    matrix: Matrix = parameter(
        "Who sends to whom: `all-to-all`, `all-pairs`, `{incast: tokyo}` or a list of pairs, as "
        "for `throughput`.",
        "all-to-all",
        key="between",
    )
    load: float = parameter(
        "Offered load of the narrowest place on the way, card or lightpaths.",
        0.5,
        ge=0.01,
        le=0.95,
    )
    congestion: Congestion | None = parameter(
        "TCP congestion control; else the kernel's own, cubic.", None
    )
    duration_s: Period = parameter("How long flows arrive that are measured.", 0.02)
    warm_up_s: Duration = parameter("How long flows arrive before, which are not measured.", 0.005)
    flows: Sequence[Mapping[str, Any]] = planned()

    metrics: ClassVar = {
        "fct": Metric(
            DURATION,
            "flow completion time: from connecting to the receiver's last byte",
            japanese="フロー完了時間:接続開始から受信側の最後のバイトまで",
        ),
        "slowdown_small": Metric(
            COUNT,
            "completion time of a flow up to 100 kB, over what it would take alone",
            japanese="100 kB までのフローの完了時間の、単独の場合に対する比",
        ),
        "slowdown_medium": Metric(
            COUNT,
            "the same of a flow of 100 kB to 10 MB",
            japanese="100 kB から 10 MB のフローについての同じ比",
        ),
        "slowdown_large": Metric(
            COUNT, "the same of a flow above 10 MB", japanese="10 MB を超えるフローについての同じ比"
        ),
    }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse one after the other, and rates."""
        if "parallel" in written:
            yield "all pairs have flows at once", "leave out parallel"
        if hasattr(self.matrix, "total_bps"):
            yield "gravity gives rates, flows have a load", "write all-to-all, for example"

    def for_plan(self, plan: Plan, populations: Mapping[str, int | None]) -> dict[str, Any]:
        """Return what each pair of servers offers, see `planned_load`."""
        from apn_emu.planning.matrices import planned_load

        return {"matrix": None, "flows": planned_load(self.matrix, self.load, plan)}

    def ways(self, plan: Plan) -> Iterable[Sequence[str]]:
        """Yield the pairs of servers."""
        return (flow["ends"] for flow in self.flows)

    def check_plan(self, plan: Plan) -> Iterator[tuple[str, str]]:
        """Bound the number of pairs and of flows: each has a port of its own."""
        from apn_emu.planning.matrices import too_many

        yield from too_many(self.flows)
        expected = self.expected_flows
        if expected > MAX_FLOWS:
            message = f"about {expected:,.0f} flows would arrive, more than {MAX_FLOWS:,}"
            yield message, "give a shorter duration or a lower load"

    @property
    def expected_flows(self) -> float:
        """How many flows arrive on average."""
        offered_bps = math.fsum(flow["rate_bps"] for flow in self.flows)
        lasting_s = self.warm_up_s + self.duration_s
        return offered_bps / 8 * lasting_s / mean_bytes(DISTRIBUTIONS[self.distribution])

    def run(self, context: Context) -> Activity:
        """Send the flows; rows for each: `fct` (s) and `slowdown_small`, `_medium` or `_large`."""
        flows, port = self._arrivals(context)
        context.progress(f"{self.name}: {len(flows)} flows")
        start_ns = now_ns() + SETTLE_NS
        outgoing: dict[str, list[tuple[int, int, tuple[str, int], int]]] = defaultdict(list)
        incoming: dict[str, int] = defaultdict(int)
        for flow in flows:
            target = (context.server(flow.destination).ipv4, port)
            outgoing[flow.source].append(
                (start_ns + flow.at_ns, flow.port, target, flow.size_bytes)
            )
            incoming[flow.destination] += 1
        until_ns = start_ns + max((flow.at_ns for flow in flows), default=0) + PATIENCE_NS
        done, started = yield from run_mesh(
            context,
            port,
            traffic.receive,
            {place: (count, until_ns) for place, count in incoming.items()},
            traffic.send,
            {place: (sending, self.congestion) for place, sending in outgoing.items()},
        )
        if missing := [
            flow for flow in flows if done.get(flow.port, (0, -1))[1] != flow.size_bytes
        ]:
            raise EmulationError(f"{self.name}: {len(missing)} flows did not end as they should")
        warm_up_ns = round(self.warm_up_s * 1e9)
        rows = []
        for flow in flows:
            if flow.at_ns >= warm_up_ns:
                taken_s = (done[flow.port][0] - started[flow.port]) / 1e9
                ends = (self.name, label(flow.source), label(flow.destination))
                rows.append(Row(*ends, "fct", taken_s, "s"))
                slowdown = round(taken_s / _alone_s(context, flow), 6)
                rows.append(Row(*ends, f"slowdown_{size_class(flow.size_bytes)}", slowdown, "1"))
        return rows

    def _arrivals(self, context: Context) -> tuple[list[Flow], int]:
        """Return the flows by time, and the port on which all servers listen."""
        distribution = DISTRIBUTIONS[self.distribution]
        lasting_ns = round((self.warm_up_s + self.duration_s) * 1e9)
        found = [
            (arrival, pair["ends"])
            for number, pair in enumerate(self.flows)
            for arrival in poisson(
                f"{context.plan.seed} {self.name} {number}",
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
