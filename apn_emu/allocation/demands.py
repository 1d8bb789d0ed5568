"""What is asked of the allocator and what it answers: demands, lightpaths, refusals, attempts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from apn_emu.allocation.constraints import Constraints
from apn_emu.allocation.disjoint import Disjoint
from apn_emu.allocation.routes import Route
from apn_emu.optics.grid import Channel
from apn_emu.optics.modes import TransceiverMode
from apn_emu.optics.qot import Qot


class Reason(StrEnum):
    """Why a demand was refused: the codes of path computation elements (as GNPy's, RFC 5440)."""

    NO_PATH = "NO_PATH"
    """The network has no route between the two nodes, or no disjoint pair where one is asked."""
    NO_PATH_WITH_CONSTRAINT = "NO_PATH_WITH_CONSTRAINT"
    """Routes exist, but none satisfies the constraints."""
    NO_SPECTRUM = "NO_SPECTRUM"
    """No candidate route has room for the channel."""
    NO_FEASIBLE_BAUDRATE_WITH_SPACING = "NO_FEASIBLE_BAUDRATE_WITH_SPACING"
    """No mode of that rate fits the spacing."""
    NO_FEASIBLE_MODE = "NO_FEASIBLE_MODE"
    """No mode carries the rate, or none reaches: GSNR below requirement plus margin."""
    MODE_NOT_FEASIBLE = "MODE_NOT_FEASIBLE"
    """The mode that the demand prescribes does not reach, or is too slow."""
    NO_TRANSPONDER = "NO_TRANSPONDER"
    """A site has no free transponder."""
    EXISTING_LIGHTPATH_HARMED = "EXISTING_LIGHTPATH_HARMED"
    """The new light would push a lit path below its requirement plus margin."""


@dataclass(frozen=True)
class Demand:
    """`count` lightpaths, or, with `groom`, room for `rate_bps` on a lit one if there is any.

    `mode` (a name), `channel` and `route` (node or link ids, both ends included if nodes) prescribe
    what else is chosen. `protected` asks for a second lightpath on a route that is `disjoint`;
    `include` constrains the working route only, all other constraints hold for both.
    `spacing_ghz` is the slot's width where it shall be wider than the mode needs.
    """

    id: str
    source: str
    destination: str
    rate_bps: float
    count: int = 1
    constraints: Constraints = field(default_factory=Constraints)
    protected: bool = False
    disjoint: Disjoint = Disjoint.NODE
    mode: str | None = None
    channel: Channel | None = None
    route: tuple[str, ...] | None = None
    spacing_ghz: float | None = None
    groom: bool = False

    def __post_init__(self) -> None:
        if self.rate_bps <= 0 or self.count < 1:
            raise ValueError(f"demand {self.id!r}: rate and count are above 0")


@dataclass(frozen=True)
class Lightpath:
    """A lit path, both directions on one channel.

    `qot` is the quality when it was lit, None where none was computed; `protects` is the id of the
    working lightpath that this one stands by for.
    """

    id: str
    route: Route
    channel: Channel
    mode: TransceiverMode
    qot: Qot | None = None
    protects: str | None = None

    @property
    def source(self) -> str:
        """First node."""
        return self.route.nodes[0]

    @property
    def destination(self) -> str:
        """Last node."""
        return self.route.nodes[-1]


@dataclass(frozen=True)
class Attempt:
    """One candidate that was tried; `reason` is None for the one taken, `text` says it in words."""

    reason: Reason | None
    text: str
    route: Route | None = None
    mode: str | None = None
    channel: Channel | None = None
    numbers: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class Allocation:
    """A demand served: the lightpaths lit for it and those it rides on with others (`groomed`)."""

    demand: Demand
    lightpaths: tuple[Lightpath, ...]
    attempts: tuple[Attempt, ...]
    groomed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refusal:
    """A demand refused; `numbers` are those of the attempt that decided."""

    demand: Demand
    reason: Reason
    text: str
    attempts: tuple[Attempt, ...]
    numbers: Mapping[str, float | str] = field(default_factory=dict)
