"""Lightpaths that a scenario asks the controller for while it runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from apn_emu.documents import Loc
from apn_emu.scenario.base import problem
from apn_emu.scenario.lightpaths import Protection
from apn_emu.scenario.places import Server, ServerEntry
from apn_emu.scenario.quantities import Rate
from apn_emu.scenario.workloads.base import Workload


class OnDemand(Workload):
    """A lightpath created or deleted over the controller's REST interface, by a server."""

    kind = "lightpath"

    action: Literal["create", "delete"] = Field(
        alias="lightpath", description="`create`, or `delete` one that was created before."
    )
    id: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._#:-]{0,127}$", description="Name of the lightpath."
    )
    source: str | None = Field(default=None, alias="from", description="Site; for `create`.")
    destination: str | None = Field(default=None, alias="to", description="Site; for `create`.")
    rate_bps: Rate = Field(default=100e9, alias="rate", description="Rate that the client gets.")
    protection: Protection = Field(default="none", description="As for planned lightpaths.")
    on: ServerEntry | None = Field(
        default=None, description="Server that asks; else the first one of the scenario."
    )
    may_be_refused: bool = Field(
        default=False,
        description="Whether a refusal is a measurement (`blocked`) and no failure of the run.",
    )

    @model_validator(mode="after")
    def _ends_fit(self) -> Self:
        if self.action == "create" and None in (self.source, self.destination):
            raise problem("a lightpath is created between two sites", "give from and to")
        if self.duration_s is not None or self.warm_up_s:
            raise problem("a lightpath stays until it is deleted", "leave out duration and warm_up")
        if self.action == "delete" and (self.source or self.destination):
            raise problem("a lightpath is deleted by its id alone", "leave out from and to")
        return self

    def named_servers(self) -> Iterable[tuple[Loc, Server]]:
        """Yield the sites' first servers and the one that asks."""
        for key, site in (("from", self.source), ("to", self.destination)):
            if site is not None:
                yield (key,), Server(site)
        if self.on is not None:
            yield ("on",), self.on

    def to_plan(self, sites: Iterable[str]) -> dict[str, Any]:
        """Return the parameters as plain data in SI units, `on` as `site/number`."""
        on = None if self.on is None else str(self.on)
        return {**super().to_plan(sites), "rate_bps": round(self.rate_bps), "on": on}
