"""A traffic matrix over TCP, all flows at once, measured in steady state."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.families import Steady
from apn_emu.measuring.mesh import run_mesh
from apn_emu.measuring.workload import parameter, planned
from apn_emu.planning.places import site_of
from apn_emu.planning.steady import label as steady_label
from apn_emu.results.fairness import jain
from apn_emu.results.metric import Metric
from apn_emu.traffic import bulk
from apn_emu.traffic.sockets import now_ns
from apn_emu.units import FRACTION, RATE

if TYPE_CHECKING:
    from apn_emu.planning.plan import Plan
    from apn_emu.scenario.vocabulary import Congestion, Matrix

SETTLE_NS = 2_000_000_000
"""From starting the processes until the first byte, beside two round trips to connect in: a first
packet that is lost is sent again after 1 s (RFC 6298)."""

DRAIN_S = 0.5
"""Afterwards, until all queues on the way are empty, so that nothing disturbs what comes next."""


class Throughput(Steady):
    """Throughput of a traffic matrix over TCP, all flows at once, in steady state.

    Over all flows it also says their sum, Jain's fairness index (of what each asked for), and the
    cut efficiency: what crosses the narrowest cut, of that cut's capacity. If some sites only send
    and others only receive, the cut is the minimum cut between them; if not, it is the bisection:
    the split into two halves, equal in servers as nearly as may be, that the least capacity joins.
    A capacity counts all bits of packets, throughput only payload, so 1 is never quite reached.
    The first byte is sent some 2 s after the workload's start, when all connections stand.
    """

    matrix: Matrix = parameter(
        "Who sends to whom: `all-to-all` (each server to each one of the other sites), `all-pairs` "
        "(first servers, one direction), `{incast: tokyo}` (all others to one server), `{gravity: "
        "400G}` (all to all in proportion to populations, else to servers, so much in all), or a "
        "list of pairs.",
        key="throughput",
    )
    streams: int = parameter("Parallel connections of each pair of servers.", 1, ge=1, le=128)
    congestion: Congestion | None = parameter(
        "TCP congestion control; else the kernel's own, cubic. `dctcp` needs ports that mark "
        "packets (ECN).",
        None,
    )
    flows: Sequence[Mapping[str, Any]] = planned()
    cut_bps: float | None = planned()

    metrics: ClassVar = {
        "aggregate_throughput": Metric(
            RATE,
            "throughput of all flows of a matrix together",
            japanese="行列の全フローを合わせたスループット",
        ),
        "fairness": Metric(
            FRACTION,
            "Jain's fairness index of what each flow got of what it asked",
            japanese="各フローの要求に対する達成率の Jain 公平性指数",
        ),
        "cut_efficiency": Metric(
            FRACTION,
            "throughput across the narrowest cut, of that cut's capacity",
            japanese="最も細いカットを通るスループットの、そのカット容量に対する比",
        ),
    }

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse one after the other."""
        if "parallel" in written:
            yield "all flows of a matrix run at once", "leave out parallel, or use iperf3"

    def for_plan(self, plan: Plan, populations: Mapping[str, int | None]) -> dict[str, Any]:
        """Return the flows and the cut that bounds them, see `planned_matrix`."""
        from apn_emu.planning.matrices import planned_matrix

        return {"matrix": None, **planned_matrix(self.matrix, plan, populations)}

    def ways(self, plan: Plan) -> Iterable[Sequence[str]]:
        """Yield the ends of the flows."""
        return (flow["ends"] for flow in self.flows)

    def check_plan(self, plan: Plan) -> Iterator[tuple[str, str]]:
        """Bound the number of flows."""
        from apn_emu.planning.matrices import too_many

        yield from too_many(self.flows)

    def run(self, context: Context) -> Activity:
        """Send all flows of the matrix; rows `throughput` (bit/s of payload) and `retransmits` of
        each, and over all `aggregate_throughput`, `fairness` and `cut_efficiency`."""
        return self.of_plan(context.plan)._send(context)

    def of_plan(self, plan: Plan) -> Throughput:
        """Return it with its times on the plan's longest round trip, and a name for each flow.

        The name says so where TCP cannot be steady.
        """
        pairs = [(site_of(flow["ends"][0]), site_of(flow["ends"][1])) for flow in self.flows]
        times = self.lasting(max(plan.round_trip_ns(*ends) for ends in pairs) / 1e9)
        flows = []
        for flow, ends in zip(self.flows, pairs, strict=True):
            rate_bps = min(flow["share_bps"], plan.path_rate_bps(*ends))
            what = steady_label(plan, ends, self.streams, rate_bps, times["warm_up_s"])
            flows.append({**flow, "name": self.name + what})
        return replace(self, **times, flows=flows)

    def _send(self, context: Context) -> Activity:
        flows, streams = self.flows, self.streams
        context.progress(f"{self.name}: {len(flows)} flows at once")
        first_port = context.take_ports(1 + len(flows) * streams)
        listening_port = first_port
        longest_ns = max(context.plan.round_trip_ns(*map(site_of, flow["ends"])) for flow in flows)
        start_ns = now_ns() + SETTLE_NS + 2 * longest_ns
        from_ns = start_ns + round(self.warm_up_s * 1e9)
        moments_ns = (start_ns, from_ns, from_ns + round(self.duration_s * 1e9))
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
            {place: (made, self.congestion, moments_ns) for place, made in outgoing.items()},
        )
        yield context.timeline.sleep(DRAIN_S)
        rates_bps = [
            sum(received.get(port, 0) for port in own) * 8 / self.duration_s for own in ports
        ]
        again = [sum(retransmits[port] for port in own) for own in ports]
        return read(self, rates_bps, again)


def read(workload: Throughput, rates_bps: list[float], retransmits: list[int]) -> list[Row]:
    """Return the rows for the rate and the retransmits of each flow, in the matrix's order."""
    name, flows = workload.name, workload.flows
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
    if workload.cut_bps:
        crossing_bps = math.fsum(
            rate_bps for flow, rate_bps in zip(flows, rates_bps, strict=True) if flow["crosses"]
        )
        efficiency = round(crossing_bps / workload.cut_bps, 9)
        rows.append(Row(name, "*", "*", "cut_efficiency", efficiency, "1"))
    return rows
