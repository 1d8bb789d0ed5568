"""What several workloads have in common: parameters, and what must hold of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any, ClassVar

from apn_emu.measuring.workload import Workload, parameter

if TYPE_CHECKING:
    from apn_emu.planning.plan import Plan
    from apn_emu.scenario.vocabulary import Congestion, Duration, Period, Rate

MOST_VALUES = 1_000_000
"""Of one pair and direction: all are kept in the memory of the emulated machine until the end."""


class Counted(Workload):
    """A workload that counts operations and does not end by the clock."""

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse times."""
        if self.duration_s is not None or self.warm_up_s:
            message = f"{self.kind} counts operations: it has no duration and no warm_up"
            yield message, "leave them out"


class CountedOverTcp(Counted):
    """What the workloads share that bring their own TCP connections."""

    congestion: Congestion | None = parameter(
        "TCP congestion control; else the kernel's own, cubic. `dctcp` needs ports that mark "
        "packets (ECN).",
        None,
    )


class Steady(Workload):
    """What the workloads share that measure TCP once slow start is over."""

    STEADY_S: ClassVar = 0.02
    WARM_UP_ROUND_TRIPS: ClassVar = 20.0
    """From 10 segments (RFC 6928) they reach ten million, more than any window holds."""
    DURATION_ROUND_TRIPS: ClassVar = 2.0

    duration_s: Period | None = parameter(
        "How long it is measured, after the warm-up, 1 ms at least; else 20 ms and 2 round trips.",
        None,
        ge=1e-3,
    )
    warm_up_s: Duration | None = parameter(  # type: ignore[assignment]
        "Time at the beginning that is not measured: slow start; else 20 ms and 20 round trips. "
        "Streams that need longer are named `NAME.slow-start`.",
        None,
    )
    warm_up_round_trips: float | None = parameter(
        "Round trips of the idle path, as planned, that the warm-up lasts besides: slow start "
        "doubles the rate with each. None where `warm_up` is given.",
        None,
        ge=0,
    )
    duration_round_trips: float | None = parameter(
        "The same for what is measured: a loss is repaired within a few.", None, ge=0
    )

    def defaults(self) -> dict[str, Any]:
        """Return times; where the user gives one, no round trips."""
        no_warm_up, no_duration = self.warm_up_s is None, self.duration_s is None
        return {
            **super().defaults(),
            "warm_up_s": self.STEADY_S,
            "duration_s": self.STEADY_S,
            "warm_up_round_trips": self.WARM_UP_ROUND_TRIPS if no_warm_up else 0.0,
            "duration_round_trips": self.DURATION_ROUND_TRIPS if no_duration else 0.0,
        }

    def lasting(self, round_trip_s: float) -> dict[str, float]:
        """Return its times on paths of that round trip, in s."""
        own: Any = self  # of the plan, in which none is None
        return {
            "warm_up_s": own.warm_up_s + own.warm_up_round_trips * round_trip_s,
            "duration_s": own.duration_s + own.duration_round_trips * round_trip_s,
        }


class OnServers(CountedOverTcp):
    """What the workloads of many servers share. Servers are ranks in their order."""

    if TYPE_CHECKING:  # as each of them has it
        on: Any

    pieces: int = parameter(
        "Pieces in which each tree sends its half (`tree` only).", 8, ge=1, le=256
    )
    iterations: int = parameter("How often it is measured.", 2, ge=1)
    warm_up_iterations: int = parameter("How often it runs before: TCP's slow start.", 1, ge=0)

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse one after the other."""
        yield from super().check(written)
        if "parallel" in written:
            yield f"{self.kind} runs on all its servers at once", "leave out parallel"

    def ways(self, plan: Plan) -> Iterable[Sequence[str]]:
        """Yield each two."""
        return combinations(self.on or [site.id for site in plan.sites], 2)


class Replicated(CountedOverTcp):
    """What a replicated block device has: two equal disks."""

    disk_latency_s: Duration = parameter(
        "Until a small write is durable; the default is the typical random write of an Intel P4500 "
        "(its data sheet).",
        20e-6,
    )
    disk_iops: float = parameter(
        "Most writes per second; the default is that of an Intel D7-P5600 for 4 KiB.",
        260_000,
        gt=0,
    )
    disk_rate_bps: Rate = parameter(
        "Rate of large writes; the default is that of an Intel D7-P5600, 4.3 GB/s.", 34.4e9
    )

    @property
    def disk(self) -> tuple[int, int, float]:
        """Latency (ns), interval (ns) and rate (byte/s), as `traffic.disk.Disk` has them."""
        return (
            round(self.disk_latency_s * 1e9),
            round(1e9 / self.disk_iops),
            self.disk_rate_bps / 8,
        )


class Followed(Workload):
    """What has a value in each of many equal intervals."""

    if TYPE_CHECKING:  # as each of them has them
        interval_s: Period
        duration_s: Period

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Bound the number of values."""
        if not 2 <= self.duration_s / self.interval_s <= MOST_VALUES:
            said = f"{self.duration_s:g} s are not 2 to {MOST_VALUES} intervals"
            yield f"{said} of {self.interval_s:g} s", "change interval or duration"
