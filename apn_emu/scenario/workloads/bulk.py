"""Workloads that move as many bytes as the network takes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import Field, model_validator

from apn_emu.documents import Loc
from apn_emu.scenario.base import problem
from apn_emu.scenario.places import Server
from apn_emu.scenario.workloads.base import Congestion, Steady
from apn_emu.scenario.workloads.matrix import Matrix, named_servers


class Throughput(Steady):
    """Throughput of a traffic matrix over TCP, all flows at once, in steady state.

    Over all flows it also says their sum, Jain's fairness index (of what each asked for), and the
    cut efficiency: what crosses the narrowest cut, of that cut's capacity. If some sites only send
    and others only receive, the cut is the minimum cut between them; if not, it is the bisection:
    the split into two halves, equal in servers as nearly as may be, that the least capacity joins.
    A capacity counts all bits of packets, throughput only payload, so 1 is never quite reached.
    The first byte is sent some 2 s after the workload's start, when all connections stand.
    """

    kind = "throughput"

    matrix: Matrix = Field(
        alias="throughput",
        description="Who sends to whom: `all-to-all` (each server to each one of the other sites), "
        "`all-pairs` (first servers, one direction), `{incast: tokyo}` (all others to one "
        "server), `{gravity: 400G}` (all to all in proportion to populations, else to servers, so "
        "much in all), or a list of pairs.",
    )
    streams: int = Field(
        default=1, ge=1, le=128, description="Parallel connections of each pair of servers."
    )
    congestion: Congestion | None = Field(
        default=None,
        description="TCP congestion control; else the kernel's own, cubic. `dctcp` needs ports "
        "that mark packets (ECN).",
    )

    @model_validator(mode="after")
    def _all_at_once(self) -> Throughput:
        if "parallel" in self.model_fields_set:
            raise problem("all flows of a matrix run at once", "leave out parallel, or use iperf3")
        return self

    def named_servers(self) -> Iterable[tuple[Loc, Server]]:
        """Yield the servers that the matrix names."""
        for place, server in named_servers(self.matrix):
            yield (self.kind, *place), server

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units; `planning.matrices` adds the flows."""
        plan = super().to_plan(sites)
        del plan["matrix"]
        return plan
