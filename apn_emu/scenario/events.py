"""Events: what fails, and what is repaired, while the workloads run."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from apn_emu.scenario.base import Choice, Model
from apn_emu.scenario.quantities import Duration, Loss


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


class Repair(Event):
    """All that failed at a link or a node works again."""

    target: str = Field(alias="repair", description="Link or node.")


class AmplifierFailure(FibreEvent):
    """An amplifier fails: no light passes."""

    link: str = Field(alias="amplifier-failure", description="Link of the amplifier.")
    amplifier: int = Field(
        default=1, ge=1, description="Which, counted from the link's first node."
    )


class NodeFailure(Event):
    """A node fails with its ROADM, transponders and servers."""

    node: str = Field(alias="node-failure", description="Node.")


class Degradation(FibreEvent):
    """A fibre gets extra loss; the GSNR of the wavelengths on it falls."""

    link: str = Field(alias="degrade", description="Link.")
    loss_db: Loss = Field(alias="loss", description="Extra loss, like `3 dB`.")


EVENTS: dict[str, type[Model]] = {
    "cut": Cut,
    "repair": Repair,
    "amplifier-failure": AmplifierFailure,
    "node-failure": NodeFailure,
    "degrade": Degradation,
}

EventEntry = Annotated[Event, Choice("event", EVENTS)]
