"""Workloads that are programs of the host: ping, iperf3, and any other."""

from __future__ import annotations

import shlex
from collections.abc import Iterable
from pathlib import PurePath
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from apn_emu.scenario.base import Many, listed, problem
from apn_emu.scenario.places import Pairs, ServerEntry
from apn_emu.scenario.quantities import Period, Rate
from apn_emu.scenario.workloads.base import Congestion, Steady, Workload


class Ping(Workload):
    """Round-trip times by ICMP echo (RFC 792, RFC 4443), the system's `ping`."""

    kind = "ping"

    pairs: Pairs = Field(alias="ping", description="Between which servers.")
    count: int = Field(default=10, ge=1, le=1_000_000, description="Echo requests for each pair.")
    interval_s: Period = Field(
        default=0.01, alias="interval", description="Time between two requests."
    )
    size_byte: int = Field(
        default=56, alias="size", ge=16, le=65507, description="Payload in bytes, 16 at least."
    )
    ip: Literal[4, 6] = Field(default=4, description="Version of IP.")

    @model_validator(mode="after")
    def _no_duration(self) -> Ping:
        if self.duration_s is not None:
            raise problem("a ping has no duration", "give count and interval")
        return self


class Iperf3(Steady):
    """Throughput, retransmits and loss by iperf3."""

    kind = "iperf3"

    pairs: Pairs = Field(
        alias="iperf3", description="Between which servers; data flows from the first."
    )
    streams: int = Field(default=1, ge=1, le=128, description="Parallel connections of each pair.")
    protocol: Literal["tcp", "udp"] = Field(default="tcp", description="Transport protocol.")
    bitrate_bps: Rate | None = Field(
        default=None,
        alias="bitrate",
        description="Rate at which all streams of a pair together send; UDP needs one, TCP "
        "sends as fast as it can without one.",
    )
    congestion: Congestion | None = Field(
        default=None, description="TCP congestion control; else the kernel's own, cubic."
    )
    length_byte: int | None = Field(
        default=None,
        alias="length",
        ge=16,
        le=1_048_576,
        description="Bytes of one write (TCP) or of one datagram's payload (UDP).",
    )
    ip: Literal[4, 6] = Field(default=4, description="Version of IP.")

    @model_validator(mode="after")
    def _protocols_fit(self) -> Iperf3:
        if self.protocol == "udp" and self.bitrate_bps is None:
            raise problem("UDP has no rate of its own", "give bitrate, like 10G")
        if self.protocol == "udp" and self.congestion is not None:
            raise problem("UDP has no congestion control", "leave out congestion, or use tcp")
        return self


def _argv(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            argv = shlex.split(value)
        except ValueError as error:
            raise problem(f"{value!r}: {error}", "close the quotation") from error
    elif isinstance(value, list | tuple):
        argv = [str(word) for word in value]
    else:
        argv = []
    if not argv:
        raise problem(f"{value!r} is not a command", "write a program and its arguments")
    if any("\0" in word for word in argv):
        raise problem("a NUL character cannot stand in a command", "leave out \\0")
    return tuple(argv)


class Command(Workload):
    """Any program, run on emulated servers without a shell; its output is kept."""

    kind = "command"

    argv: Annotated[tuple[str, ...], BeforeValidator(_argv)] = Field(
        alias="command",
        description="Program and arguments, in one string or a list. No shell reads it: for "
        "pipes write `[sh, -c, ...]`. Servers are called `tokyo1`, `chiba2` and so on.",
    )
    on: Annotated[Many[ServerEntry], BeforeValidator(listed)] = Field(
        min_length=1, description="Server, or list of servers, where it runs."
    )
    background: bool = Field(
        default=False,
        description="For servers: the next workload does not wait for it, and it is ended when "
        "all others are done.",
    )
    expect_exit: int = Field(
        default=0,
        ge=0,
        le=255,
        description="Exit code that counts as success (not in the background).",
    )

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, `on` as a list of `site/number`."""
        servers = [str(server) for server in self.on]
        name = self.name or PurePath(self.argv[0]).name
        return {**super().to_plan(sites), "name": name, "argv": list(self.argv), "on": servers}
