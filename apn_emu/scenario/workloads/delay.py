"""Workloads that measure delays."""

from __future__ import annotations

from pydantic import Field

from apn_emu.scenario.places import Pairs
from apn_emu.scenario.quantities import Period
from apn_emu.scenario.workloads.base import Counted


class Latency(Counted):
    """Round-trip time, one-way delay and its variation by UDP probes (TWAMP, RFC 5357).

    Each probe gives a sample of `rtt` and, each way, of `delay`; each way has a packet delay
    variation `pdv` (RFC 5481) and inter-packet delay variation `ipdv` (RFC 3393). Under load: let
    it `start` while an `iperf3` runs.
    """

    kind = "latency"

    pairs: Pairs = Field(alias="latency", description="Between which servers.")
    count: int = Field(default=100, ge=1, le=100_000, description="Probes for each pair.")
    interval_s: Period = Field(
        default=100e-6, alias="interval", description="Time between two probes."
    )
    size_byte: int = Field(
        default=64, alias="size", ge=48, le=8192, description="Payload of a probe in bytes."
    )
    by_hop: bool = Field(
        default=False,
        description="Say also how long each probe took from place to place (`hop_delay`: switch, "
        "ROADMs, transponders), beside the plan's latency budget (`planned_hop_delay`).",
    )
