"""Workloads that watch what faults do to packets and to TCP."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from apn_emu.scenario.base import problem
from apn_emu.scenario.places import Pairs
from apn_emu.scenario.quantities import Period
from apn_emu.scenario.workloads.base import Workload

MOST_VALUES = 1_000_000
"""Of one pair and direction: all are kept in the memory of the emulated machine until the end."""


class Followed(Workload):
    """What has a value in each of many equal intervals."""

    interval_s: Period
    duration_s: Period

    @model_validator(mode="after")
    def _values_are_countable(self) -> Self:
        if not 2 <= self.duration_s / self.interval_s <= MOST_VALUES:
            said = f"{self.duration_s:g} s are not 2 to {MOST_VALUES} intervals"
            raise problem(f"{said} of {self.interval_s:g} s", "change interval or duration")
        return self


class Probe(Followed):
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


class Stream(Followed):
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
