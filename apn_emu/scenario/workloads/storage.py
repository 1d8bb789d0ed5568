"""Workloads of two servers that keep the same data: replicated storage and live migration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from apn_emu.scenario.base import Many, listed, problem
from apn_emu.scenario.places import Pairs
from apn_emu.scenario.quantities import Duration, Period, Rate, Size
from apn_emu.scenario.workloads.base import Counted, CountedOverTcp

MOST_CLIENTS = 80
"""PostgreSQL's max_connections is 100."""


class _Replication(CountedOverTcp):
    """What a replicated block device has: two equal disks."""

    disk_latency_s: Duration = Field(
        default=20e-6,
        alias="disk_latency",
        description="Until a small write is durable; the default is the typical random write of an "
        "Intel P4500 (its data sheet).",
    )
    disk_iops: float = Field(
        default=260_000,
        gt=0,
        description="Most writes per second; the default is that of an Intel D7-P5600 for 4 KiB.",
    )
    disk_rate_bps: Rate = Field(
        default=34.4e9,
        alias="disk_rate",
        description="Rate of large writes; the default is that of an Intel D7-P5600, 4.3 GB/s.",
    )

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, rates of disks in byte/s."""
        return {**super().to_plan(sites), "disk_rate_byte_s": self.disk_rate_bps / 8}


class SynchronousReplication(_Replication):
    """A write is committed when it is durable in both sites: latency and IOPS by queue depth."""

    kind = "synchronous-replication"

    pairs: Pairs = Field(
        alias="synchronous-replication", description="Primary and replica, like those of ping."
    )
    blocks_byte: Annotated[Many[Size], BeforeValidator(listed)] = Field(
        default=(4096, 65536), alias="blocks", min_length=1, description="Block sizes."
    )
    depths: Annotated[Many[int], BeforeValidator(listed)] = Field(
        default=(1, 16, 128), min_length=1, description="Queue depths: writes on their way at once."
    )
    operations: int = Field(
        default=256, ge=1, description="Writes that are measured, for each block size and depth."
    )

    @model_validator(mode="after")
    def _depths_are_positive(self) -> SynchronousReplication:
        if min(self.depths) < 1:
            raise problem("a queue depth is 1 or more", "write them like [1, 16, 128]")
        return self


class AsynchronousReplication(_Replication):
    """A write is committed before the replica has it: lag, and what a loss of the site costs."""

    kind = "asynchronous-replication"

    pairs: Pairs = Field(
        alias="asynchronous-replication", description="Primary and replica, like those of ping."
    )
    block_byte: Size = Field(default=16384, alias="block", description="Block size.")
    write_iops: float = Field(
        default=20_000, gt=0, description="Writes per second, at random moments (Poisson)."
    )
    operations: int = Field(default=1000, ge=1, description="Writes that are measured.")


Commit = Literal["local", "remote_write", "on", "remote_apply"]


class Postgresql(Counted):
    """A real PostgreSQL primary with a synchronous standby, the host's own, under pgbench."""

    kind = "postgresql"

    pairs: Pairs = Field(alias="postgresql", description="Primary and standby, as for ping.")
    commits: Annotated[Many[Commit], BeforeValidator(listed)] = Field(
        default=("on",),
        min_length=1,
        description="Values of `synchronous_commit`: what a commit waits for. `local` waits for no "
        "standby.",
    )
    clients: Annotated[Many[int], BeforeValidator(listed)] = Field(
        default=(1, 8), min_length=1, description="Numbers of clients at once."
    )
    transactions: int = Field(default=50, ge=1, description="Transactions of each client.")

    @model_validator(mode="after")
    def _clients_are_few(self) -> Postgresql:
        if not all(1 <= clients <= MOST_CLIENTS for clients in self.clients):
            message = f"a number of clients is 1 to {MOST_CLIENTS}"
            raise problem(message, "write them like [1, 8]")
        return self


class Migration(CountedOverTcp):
    """Live migration of a virtual machine by pre-copy (Clark et al. 2005, QEMU)."""

    kind = "migration"

    pairs: Pairs = Field(alias="migration", description="From which server to which.")
    memory_byte: Size = Field(default=4 * 2**30, alias="memory", description="The machine's.")
    page_byte: Size = Field(default=4096, alias="page", description="Page size.")
    working_set_byte: Size = Field(
        default=512 * 2**20,
        alias="working_set",
        description="Memory that is written to, evenly; the default is an assumption.",
    )
    dirty_rate_bps: Rate = Field(
        default=1.6e9,
        alias="dirty_rate",
        description="Page size times writes to pages per second; the default is an assumption.",
    )
    downtime_limit_s: Period = Field(
        default=0.3,
        alias="downtime_limit",
        description="The machine stops when the rest can be sent in this time (QEMU's default).",
    )
    most_rounds: int = Field(
        default=30, ge=1, description="It stops in this round at the latest (Xen's 30)."
    )
    switch_over_s: Duration = Field(
        default=0.03,
        alias="switch_over",
        description="From the last byte until it runs: device state, announcing its addresses. "
        "The default is an assumption.",
    )
    host_rate_bps: Rate | None = Field(
        default=None,
        alias="host_rate",
        description="What the sending host can do at most; else the network alone decides.",
    )
    sent_at_most_byte: Size = Field(
        default=256_000_000,
        alias="sent_at_most",
        description="Of a larger round so much is sent, the rest is extrapolated.",
    )

    @model_validator(mode="after")
    def _memory_holds_the_rest(self) -> Migration:
        if not self.page_byte <= self.working_set_byte <= self.memory_byte:
            message = "page, working_set and memory do not contain each other"
            raise problem(message, "page <= working_set <= memory")
        return self

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, the dirty rate in byte/s."""
        return {**super().to_plan(sites), "dirty_byte_s": self.dirty_rate_bps / 8}
