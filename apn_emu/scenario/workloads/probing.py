"""Workloads that watch what faults do to packets and to TCP."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from apn_emu.scenario.places import Pairs
from apn_emu.scenario.quantities import Period
from apn_emu.scenario.workloads.base import Workload


class Probe(Workload):
    """Outage, loss and one-way delay by UDP packets at a steady interval."""

    kind = "probe"

    pairs: Pairs = Field(alias="probe", description="Between which servers.")
    interval_s: Period = Field(
        default=100e-6,
        alias="interval",
        description="Time between two packets: how exactly an outage is measured.",
    )
    duration_s: Period = Field(
        default=1.0, alias="duration", description="How long packets are sent."
    )
    size_byte: int = Field(
        default=64, alias="size", ge=16, le=8900, description="Payload in bytes, 16 at least."
    )
    both_ways: bool = Field(
        default=True, description="Whether packets go back as well, on their own schedule."
    )
    ip: Literal[4, 6] = Field(default=4, description="Version of IP.")


class Stream(Workload):
    """A long TCP connection whose throughput is followed: how long it stalls, when it recovers."""

    kind = "stream"

    pairs: Pairs = Field(
        alias="stream", description="Between which servers; data flows from the first."
    )
    interval_s: Period = Field(
        default=1e-3, alias="interval", description="Time between two values of the throughput."
    )
    duration_s: Period = Field(
        default=1.0, alias="duration", description="How long is sent, the warm-up included."
    )
