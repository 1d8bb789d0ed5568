"""Workloads of many short transfers: flows that arrive at random, and requests with answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from apn_emu.documents import Loc
from apn_emu.scenario.base import Many, listed, problem
from apn_emu.scenario.places import Server, ServerEntry
from apn_emu.scenario.quantities import Duration, Period, Size
from apn_emu.scenario.workloads.base import Congestion, Counted, Workload
from apn_emu.scenario.workloads.matrix import Gravity, Matrix, named_servers


class Flows(Workload):
    """Flows that arrive at random (Poisson) with sizes as measured in data centres.

    Each is a TCP connection of its own. Its completion time `fct` is from connecting to the
    receiver's last byte; its slowdown is that over the time that it would take alone, without slow
    start: one and a half round trips (handshake and way of the last byte) and its bits, headers
    included, at the rate of the narrowest place. Small flows have up to 100 kB, large ones more
    than 10 MB (pFabric, SIGCOMM 2013).
    """

    kind = "flows"

    distribution: Literal["web-search", "data-mining"] = Field(
        alias="flows",
        description="Sizes: `web-search` (DCTCP, SIGCOMM 2010, mean 1.7 MB) or `data-mining` (VL2, "
        "SIGCOMM 2009, mean 12.6 MB, up to 1 GB).",
    )
    matrix: Matrix = Field(
        default="all-to-all",
        alias="between",
        description="Who sends to whom: `all-to-all`, `all-pairs`, `{incast: tokyo}` or a list of "
        "pairs, as for `throughput`.",
    )
    load: float = Field(
        default=0.5,
        ge=0.01,
        le=0.95,
        description="Offered load of the narrowest place on the way, card or lightpaths.",
    )
    congestion: Congestion | None = Field(
        default=None, description="TCP congestion control; else the kernel's own, cubic."
    )
    duration_s: Period = Field(
        default=0.02, alias="duration", description="How long flows arrive that are measured."
    )
    warm_up_s: Duration = Field(
        default=0.005,
        alias="warm_up",
        description="How long flows arrive before, which are not measured.",
    )

    @model_validator(mode="after")
    def _makes_sense(self) -> Flows:
        if "parallel" in self.model_fields_set:
            raise problem("all pairs have flows at once", "leave out parallel")
        if isinstance(self.matrix, Gravity):
            raise problem("gravity gives rates, flows have a load", "write all-to-all, for example")
        return self

    def named_servers(self) -> Iterable[tuple[Loc, Server]]:
        """Yield the servers that `between` names."""
        for place, server in named_servers(self.matrix):
            yield ("between", *place), server

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units; `planning.workloads` adds the flows."""
        plan = super().to_plan(sites)
        del plan["matrix"]
        return plan


class Rpc(Counted):
    """Requests that several servers answer (fan-out, partition/aggregate), one after the other.

    A client asks all servers at once over kept connections and is done when the slowest answer is
    complete (`response_time`; `call_time` for each server); it then thinks and asks again. Servers
    work on any number of requests at once. Computing costs nothing in the emulated machine, so the
    time for it is a parameter. Sizes by default are those of web search (DCTCP, SIGCOMM 2010).
    """

    kind = "rpc"

    on: Annotated[Many[ServerEntry], BeforeValidator(listed)] = Field(
        min_length=1, alias="rpc", description="The client, or a list of clients."
    )
    servers: Annotated[Many[ServerEntry], BeforeValidator(listed)] | Literal["all"] = Field(
        default="all", description="Who answers: `all` other servers, or a list."
    )
    service_time_s: Duration = Field(
        alias="service_time", description="How long a server works on a request, on average."
    )
    service_distribution: Literal["fixed", "exponential"] = Field(
        default="exponential", description="How the service time varies."
    )
    think_time_s: Duration = Field(
        default=0.0, alias="think_time", description="Time from an answer to the next request."
    )
    count: int = Field(default=100, ge=1, le=10_000, description="Requests of each client.")
    request_byte: Size = Field(default=1_600, alias="request", description="Bytes of a request.")
    response_byte: Size = Field(
        default=2_000, alias="response", description="Bytes of an answer, on average."
    )
    response_distribution: Literal["fixed", "exponential"] = Field(
        default="fixed", description="How the size of answers varies."
    )

    def named_servers(self) -> Iterable[tuple[Loc, Server]]:
        """Yield clients and servers."""
        yield from super().named_servers()
        for index, server in enumerate(() if isinstance(self.servers, str) else self.servers):
            yield ("servers", index), server

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data; `on` and `servers` (None for all) as places."""
        servers = (
            None if isinstance(self.servers, str) else [str(server) for server in self.servers]
        )
        plan = super().to_plan(sites)
        return {**plan, "on": [str(client) for client in self.on], "servers": servers}
