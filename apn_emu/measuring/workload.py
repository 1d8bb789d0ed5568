"""What a workload is: its parameters, what must hold of them, and what it runs.

Each file of `apn_emu.workloads` is one: a subclass of `Workload` whose annotated fields are what a
user may write. It is read twice. On the host the scenario's models are made from it
(`apn_emu.scenario.workloads`) and its checks are asked. In the emulated machine, where pydantic
would be too slow to import, it is made from the plan and runs. So its file imports nothing heavy,
and annotations, whose names `apn_emu.scenario.vocabulary` explains, are text that only the host
looks up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

if TYPE_CHECKING:
    from apn_emu.emulation.timeline import Activity
    from apn_emu.measuring.context import Context
    from apn_emu.planning.plan import Plan
    from apn_emu.scenario.vocabulary import Duration, Parallel, Period

UNITS = ("_s", "_byte", "_bps")
"""Ends of a parameter's name that are no part of its key, for a user writes units with values."""

PLANNED = "planned"
"""Marks a field that is no parameter."""


def parameter(
    meaning: str, default: Any = MISSING, *, key: str | None = None, **limits: Any
) -> Any:
    """Return a field that a user writes; needed where it has no default.

    `meaning` is for people. `key` is what the user writes, else the name without its unit. `limits`
    are `ge`, `gt`, `le`, `lt`, `min_length` and `pattern` as pydantic's `Field` has them.
    """
    return field(default=default, metadata={"description": meaning, "alias": key, **limits})


def planned() -> Any:
    """Return a field that no user writes: `for_plan` works it out on the host."""
    return field(default=None, metadata={PLANNED: True})


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(parameter,))
@dataclass(frozen=True, kw_only=True, eq=False)
class Workload:
    """What every entry of `workloads` may say."""

    kind: ClassVar[str]
    """The key that says what runs, e.g. `ping`: the name of the file."""
    metrics: ClassVar[Mapping[str, Any]] = {}
    """What it measures that no other does: a `results.metric.Metric` by name."""
    programs: ClassVar[Mapping[str, str]] = {}
    """Programs that it needs beside those of every run, and the Debian package of each."""
    may_be_dark: ClassVar[bool] = False
    """Whether its servers need no way between them yet where one can be lit later."""
    asks_controller: ClassVar[bool] = False
    """Whether its servers can speak to the controller."""

    start_s: Duration | None = parameter(
        "Time from the start of the workloads; else when the previous one has ended.", None
    )
    duration_s: Period | None = parameter("How long it runs, the warm-up left out.", None)
    warm_up_s: Duration = parameter("Time at the beginning that is not measured.", 0.0)
    parallel: Parallel = parameter(
        "How many pairs run at once: `false` or 1 for one after the other, `true` for all, or a "
        "number.",
        1,
    )
    name: str | None = parameter(
        "Name in the measurements (`kind`) and of kept output; else the key that says what runs, "
        "or the program of a command.",
        None,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
    )

    def __init_subclass__(cls) -> None:
        """Make a frozen dataclass of each subclass."""
        cls.kind = cls.__module__.rpartition(".")[2].replace("_", "-")
        dataclass(frozen=True, kw_only=True, eq=False)(cls)

    def defaults(self) -> dict[str, Any]:
        """Return what is meant by parameters that the user left at None, by name.

        One that is not here stays None.
        """
        return {"name": self.kind}

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Yield what contradicts itself, and what would be right.

        Values are as `scenario.vocabulary` has them; `written` names those that the user gave.
        """
        yield from ()

    def check_sites(self, servers: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
        """Yield the key of what does not fit the servers of each site, what is wrong, a remedy."""
        yield from ()

    def for_plan(self, plan: Plan, populations: Mapping[str, int | None]) -> dict[str, Any]:
        """Return fields that only the finished plan can tell, by name, as plain data."""
        return {}

    # From here on values are those of the plan: a server is `site/number`, a pair a list of two.

    def ways(self, plan: Plan) -> Iterable[Sequence[str]]:
        """Yield the pairs of servers, or of sites, that must be joined."""
        return getattr(self, "pairs", ())

    def check_plan(self, plan: Plan) -> Iterator[tuple[str, str]]:
        """Yield what cannot run on this plan, beside servers that nothing joins, and a remedy."""
        yield from ()

    def run(self, context: Context) -> Activity:
        """Run on the emulated servers; return the rows of what is measured."""
        raise NotImplementedError
