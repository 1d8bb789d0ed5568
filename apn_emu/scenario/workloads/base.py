"""What every workload of a scenario has in common."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, Field, PlainSerializer, model_validator

from apn_emu.documents import Loc
from apn_emu.scenario.base import Model, problem
from apn_emu.scenario.places import Server, expand
from apn_emu.scenario.quantities import Duration, Period


def _parallel(value: object) -> object:
    if isinstance(value, bool):
        return None if value else 1
    if not isinstance(value, int) or value < 1:
        raise problem(f"{value!r} is not a number of pairs", "write true, false or 1, 2, ...")
    return value


Parallel = Annotated[
    int | None, BeforeValidator(_parallel), PlainSerializer(lambda n: True if n is None else n)
]
"""How many pairs run at once, None for all."""


Congestion = Literal["cubic", "reno", "bbr", "dctcp"]
"""The congestion controls that the embedded kernel has."""


class Workload(Model):
    """What every entry of `workloads` may say."""

    kind: ClassVar[str]
    """The key that says what runs, e.g. `ping`."""

    start_s: Duration | None = Field(
        default=None,
        alias="start",
        description="Time from the start of the workloads; else when the previous one has ended.",
    )
    duration_s: Period | None = Field(
        default=None, alias="duration", description="How long it runs, the warm-up left out."
    )
    warm_up_s: Duration = Field(
        default=0.0, alias="warm_up", description="Time at the beginning that is not measured."
    )
    parallel: Parallel = Field(
        default=1,
        description="How many pairs run at once: `false` or 1 for one after the other, `true` for "
        "all, or a number.",
    )

    name: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name in the measurements (`kind`) and of kept output; else the key that says "
        "what runs, or the program of a command.",
    )

    def named_servers(self) -> Iterable[tuple[Loc, Server]]:
        """Yield the servers that the entry names, each with the keys that lead to it."""
        pairs = getattr(self, "pairs", ())
        for index, pair in enumerate(() if isinstance(pairs, str) else pairs):
            for end, server in enumerate(pair):
                yield (self.kind, index, end), server
        on = getattr(self, "on", ())
        for index, server in enumerate(() if isinstance(on, str) else on):
            yield (type(self).model_fields["on"].alias or "on", index), server

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units; `sites` are the ids for `all-pairs`.

        `parallel` is a number of pairs, None for all; `pairs` are lists of two `site/number`;
        `name` is never None.
        """
        plan = {**dict(self), "name": self.name or self.kind}
        if "pairs" in plan:
            pairs = expand(plan["pairs"], sites)
            plan["pairs"] = [[str(pair.source), str(pair.destination)] for pair in pairs]
        return {"kind": self.kind, **plan}


class Counted(Workload):
    """A workload that counts operations and does not end by the clock."""

    @model_validator(mode="after")
    def _no_duration(self) -> Self:
        if self.duration_s is not None or self.warm_up_s:
            message = f"{self.kind} counts operations: it has no duration and no warm_up"
            raise problem(message, "leave them out")
        return self


class CountedOverTcp(Counted):
    """What the workloads share that bring their own TCP connections."""

    congestion: Congestion | None = Field(
        default=None,
        description="TCP congestion control; else the kernel's own, cubic. `dctcp` needs ports "
        "that mark packets (ECN).",
    )


class Steady(Workload):
    """What the workloads share that measure TCP once slow start is over."""

    STEADY_S: ClassVar = 0.02
    WARM_UP_ROUND_TRIPS: ClassVar = 20.0
    """From 10 segments (RFC 6928) they reach ten million, more than any window holds."""
    DURATION_ROUND_TRIPS: ClassVar = 2.0

    duration_s: Period | None = Field(
        default=None,
        alias="duration",
        description="How long it is measured, after the warm-up; else 20 ms and 2 round trips.",
    )
    warm_up_s: Duration | None = Field(  # type: ignore[assignment]
        default=None,
        alias="warm_up",
        description="Time at the beginning that is not measured: slow start; else 20 ms and 20 "
        "round trips. Streams that need longer are named `NAME.slow-start`.",
    )
    warm_up_round_trips: float | None = Field(
        default=None,
        ge=0,
        description="Round trips of the idle path, as planned, that the warm-up lasts besides: "
        "slow start doubles the rate with each. None where `warm_up` is given.",
    )
    duration_round_trips: float | None = Field(
        default=None,
        ge=0,
        description="The same for what is measured: a loss is repaired within a few.",
    )

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, no time or number of them None."""
        plan = super().to_plan(sites)
        for what, round_trips in (
            ("warm_up", self.WARM_UP_ROUND_TRIPS),
            ("duration", self.DURATION_ROUND_TRIPS),
        ):
            if plan[f"{what}_round_trips"] is None:
                plan[f"{what}_round_trips"] = 0.0 if plan[f"{what}_s"] is not None else round_trips
            if plan[f"{what}_s"] is None:
                plan[f"{what}_s"] = self.STEADY_S
        return plan
