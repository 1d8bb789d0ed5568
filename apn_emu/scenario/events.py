"""Events: what fails, and what is repaired, while the workloads run."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from apn_emu.scenario.base import Choice, Model, problem
from apn_emu.scenario.quantities import Duration, Length, Loss


class Event(Model):
    """What every entry of `events` says."""

    at_s: Duration = Field(alias="at", description="Time from the start of the workloads.")

    @property
    def kind(self) -> str:
        """The key that says what happens, e.g. `cut`."""
        return next(kind for kind, model in EVENTS.items() if type(self) is model)


class FibreEvent(Event):
    """What every event at a link says."""

    link: str
    only_from: str | None = Field(
        default=None,
        description="Only the fibre that carries light away from this node; else both fibres.",
    )


class Cut(FibreEvent):
    """A fibre is cut: light that is past the cut still arrives."""

    link: str = Field(alias="cut", description="Link, like `tokyo-yokohama`.")
    distance_m: Length | None = Field(
        default=None,
        alias="at_distance",
        description="Fibre between the link's first node and the cut; else half of it.",
    )


class Repair(Event):
    """All that failed there works again."""

    target: str = Field(
        alias="repair", description="Link, node, or the name of a region that failed."
    )


class AmplifierFailure(FibreEvent):
    """An amplifier site fails: no light passes."""

    link: str = Field(alias="amplifier-failure", description="Link of the amplifier.")
    amplifier: int = Field(
        default=1,
        ge=1,
        description="Which site, counted from the link's first node, where the first is.",
    )


class NodeFailure(Event):
    """A node fails with its ROADM, transponders and servers."""

    node: str = Field(alias="node-failure", description="Node.")


def _centre(value: object) -> object:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and len(value) == 2:
        lat, lon = value
        if all(isinstance(part, int | float) and not isinstance(part, bool) for part in value):
            if abs(lat) <= 90 and abs(lon) <= 180:
                return (float(lat), float(lon))
            raise problem(
                f"{value!r} is not on the earth", "write [latitude, longitude] in degrees"
            )
    raise problem(f"{value!r} is not a region", "write an area, a node, or [latitude, longitude]")


class RegionFailure(Event):
    """Every node in a region fails, and every fibre that passes it is cut."""

    centre: Annotated[str | tuple[float, float], BeforeValidator(_centre)] = Field(
        alias="region-failure",
        description="A shipped area (`nankai-trough`, `tokyo-inland`), or with `radius` a node or "
        "`[latitude, longitude]`.",
    )
    radius_m: Length | None = Field(
        default=None, alias="radius", description="Radius around a node or a point."
    )
    name: str | None = Field(
        default=None, description="Name for `repair`; else the area or the node."
    )

    @property
    def target(self) -> str:
        """Name of the region."""
        if self.name is not None:
            return self.name
        if isinstance(self.centre, str):
            return self.centre
        return "{:g},{:g}".format(*self.centre)


class Degradation(FibreEvent):
    """A fibre gets extra loss; the GSNR of the wavelengths on it falls."""

    link: str = Field(alias="degrade", description="Link.")
    loss_db: Loss = Field(
        alias="loss", description="Extra loss, like `3 dB`, at the end of the fibre's first span."
    )


EVENTS: dict[str, type[Model]] = {
    "cut": Cut,
    "repair": Repair,
    "amplifier-failure": AmplifierFailure,
    "node-failure": NodeFailure,
    "region-failure": RegionFailure,
    "degrade": Degradation,
}

EventEntry = Annotated[Event, Choice("event", EVENTS)]
