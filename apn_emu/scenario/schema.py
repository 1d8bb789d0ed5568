"""The scenario: everything that a user may write, checked but not yet planned."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, PlainSerializer, PlainValidator, PrivateAttr

from apn_emu.results.expectations import Expectation, ExpectationError, parse_expectation
from apn_emu.scenario.base import Many, Model, problem
from apn_emu.scenario.baselines import BaselineEntry
from apn_emu.scenario.control import Control
from apn_emu.scenario.events import EventEntry
from apn_emu.scenario.infrastructure import (
    MAX_TRANSPONDERS,
    Equipment,
    NetworkEntry,
    SiteEntry,
    Spectrum,
)
from apn_emu.scenario.lightpaths import LightpathEntry
from apn_emu.scenario.quantities import Period
from apn_emu.scenario.source import Place, Source
from apn_emu.scenario.workloads import WorkloadEntry


def _expectation(value: object) -> Expectation:
    if isinstance(value, Expectation):
        return value
    try:
        return parse_expectation(str(value))
    except ExpectationError as error:
        raise problem(str(error), error.remedy) from error


ExpectationEntry = Annotated[
    Expectation,
    PlainValidator(_expectation),
    PlainSerializer(lambda expectation: expectation.text),
]


BorderPorts = Annotated[int, Field(ge=1, le=MAX_TRANSPONDERS)]


class Scenario(Model):
    """A measurement: a network, sites, lightpaths, what runs, what fails, what is expected."""

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name of the scenario: letters, digits, `.`, `_` and `-`.",
    )
    description: str = Field(default="", description="What it shows, for people.")
    parameters: dict[str, Any] = Field(
        default={},
        description="Values by name, which stand elsewhere in the scenario as `$name`; `--set "
        "name=value` changes one.",
    )
    network: NetworkEntry
    sites: dict[str, SiteEntry] = Field(
        min_length=1, description="Data centres, by the node of the network where they stand."
    )
    domains: dict[str, Many[str]] = Field(
        default={},
        description="Operators, by name: the nodes of each one's domain, every node in exactly "
        "one. Each has a controller of its own, and lightpaths between domains are stitched from "
        "segments by a parent controller (docs/control.md).",
    )
    borders: dict[str, BorderPorts] = Field(
        default={},
        description="How many lightpaths a fibre between two domains can hand over, by its link; "
        "else as many as the scenario's lightpaths need, and two more.",
    )
    lightpaths: Many[LightpathEntry] = Field(
        default=(), description="Lightpaths between the sites, both directions each."
    )
    spectrum: Spectrum = Field(default=Spectrum(), description="The frequency grid.")
    equipment: Equipment = Field(
        default=Equipment(), description="Overrides of what the equipment does."
    )
    control: Control = Field(
        default=Control(), description="Times of set-up, protection and restoration."
    )
    workloads: Many[WorkloadEntry] = Field(
        default=(), description="What runs, in this order, unless `start` says otherwise."
    )
    events: Many[EventEntry] = Field(default=(), description="What fails or is repaired, and when.")
    captures: Many[str] = Field(
        default=(),
        description="Places whose packets are written to `captures/`, as pcapng: `tokyo/1`, "
        "`tokyo-chiba@tokyo`, `apnt-tokyo:1`, `roadm-tokyo:omiya-tokyo`.",
    )
    baselines: Many[BaselineEntry] = Field(
        default=(), description="Other networks that the workloads are run on, to compare with."
    )
    expect: Many[ExpectationEntry] = Field(
        default=(), description="What must hold; it decides the exit code."
    )
    time_limit_s: Period = Field(
        default=600.0,
        alias="time_limit",
        description="Wall-clock time after which the run is ended.",
    )
    virtual_time_limit_s: Period = Field(
        default=40 * 86400.0,
        alias="virtual_time_limit",
        le=10 * 365 * 86400.0,
        description="Time in the emulation after which the run is ended: it finds a run in which "
        "nothing happens any more. An idle day takes about a second.",
    )
    seed: int = Field(
        default=1, ge=0, lt=2**32, description="Seed of all that is random; `--seed` overrides it."
    )

    sweep: dict[str, Many[Any]] = Field(
        default={},
        description="Values to run with, by parameter or dotted key, `seed` among them: `apn-emu "
        "sweep` runs each combination.",
    )

    _source: Source = PrivateAttr(default_factory=Source)

    @property
    def source(self) -> Source:
        """Origin of this scenario: its file and lines."""
        return self._source

    def where(self, *loc: str | int) -> Place:
        """Return the place of a value, e.g. `where("lightpaths", 0)`, for an error about it."""
        return self._source.where(*loc)

    def to_dict(self) -> dict[str, Any]:
        """Return the scenario as it was written (plain data); it is read back as the same one."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
