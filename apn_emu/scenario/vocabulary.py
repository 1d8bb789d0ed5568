"""The names that annotations of a workload's parameters may use, and what a user then writes.

Beside them: int, float, bool, str, `Literal[...]`, `... | None`, and what the workload's own file
defines.

| name | a user writes | the checks see | the run sees |
|---|---|---|---|
| `Rate`, `Duration`, `Size`, `Fraction` | a quantity | a number in SI units | the same |
| `Period` | a duration above 0 | s | the same |
| `Server` | `tokyo`, `tokyo/2` | `places.Server` | `tokyo/1`, `tokyo/2` |
| `Servers` | `all` or a list of two or more | `all` or a tuple | None or a list |
| `Pairs` | `all-pairs` or a list of pairs | `all-pairs` or pairs | a list of two servers each |
| `Matrix` | a traffic matrix | `matrices.AnyMatrix` | what `for_plan` makes of it |
| `SiteName` | a site | its id | the same |
| `OneOrMore[...]` | a value or a list of them | a tuple | a list |
| `CommandLine` | a text or a list of words | a tuple | a list |
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, PlainSerializer

from apn_emu.scenario.base import Many, T, listed, problem
from apn_emu.scenario.commands import CommandLine
from apn_emu.scenario.lightpaths import Protection
from apn_emu.scenario.matrices import Matrix
from apn_emu.scenario.places import Pairs, Servers, SiteName
from apn_emu.scenario.places import ServerEntry as Server
from apn_emu.scenario.quantities import Duration, Fraction, Period, Rate, Size

__all__ = [
    "CommandLine",
    "Congestion",
    "Duration",
    "Fraction",
    "Matrix",
    "OneOrMore",
    "Pairs",
    "Parallel",
    "Period",
    "Protection",
    "Rate",
    "Server",
    "Servers",
    "SiteName",
    "Size",
]

OneOrMore = Annotated[Many[T], BeforeValidator(listed)]

Congestion = Literal["cubic", "reno", "bbr", "dctcp"]
"""The congestion controls that the embedded kernel has."""


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
