"""Lightpaths as a user asks for them: one by one, or a mesh between sites."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator

from apn_emu.optics.grid import ANCHOR_THZ, C_BAND_LOWER_THZ, C_BAND_UNITS, UNIT_GHZ, Channel
from apn_emu.scenario.base import Choice, Many, Model, problem
from apn_emu.scenario.infrastructure import Spectrum, check_width
from apn_emu.scenario.quantities import Frequency, Rate

PRESCRIBED_WIDTH_HZ = 50e9
"""Width of a lightpath at a prescribed frequency where nothing else is stated."""

Protection = Literal["none", "1+1", "1:1", "restoration", "1+1+restoration"]


class LightpathRequest(Model):
    """What every entry of `lightpaths` may say."""

    rate_bps: Rate = Field(alias="rate", description="Client rate, each way.")
    count: int = Field(
        default=1,
        ge=1,
        le=96,
        description="Parallel lightpaths for each pair of sites; flows are shared among them.",
    )
    mode: str | None = Field(
        default=None, description="Name of the transceiver mode; else the cheapest that reaches."
    )
    spacing_hz: Frequency | None = Field(
        default=None,
        alias="spacing",
        description="Channel width; else that of `spectrum.spacing`.",
    )
    protection: Protection = Field(
        default="none",
        description="What happens when light is lost: nothing, a second lit path (1+1), a "
        "reserved one (1:1), a new route (restoration), or both.",
    )
    disjoint: Literal["link", "node", "srlg"] = Field(
        default="node",
        description="What the two routes of a protected lightpath do not share: links, nodes (and "
        "links), or shared-risk link groups (and links).",
    )
    priority: int = Field(
        default=0,
        ge=0,
        le=7,
        description="Lightpaths of higher priority are restored first.",
    )

    @field_validator("spacing_hz")
    @classmethod
    def _width_exists(cls, spacing_hz: float | None) -> float | None:
        return None if spacing_hz is None else check_width(spacing_hz)


def _mesh(value: object) -> object:
    if isinstance(value, str) and value not in ("full", "neighbours"):
        remedy = "write full, neighbours, or a list of sites"
        raise problem(f"{value!r} is not a mesh", remedy)
    if isinstance(value, list) and len(value) < 2:
        raise problem("a mesh needs two sites or more", "add a site")
    return tuple(value) if isinstance(value, list) else value


class Mesh(LightpathRequest):
    """A lightpath for each pair of several sites."""

    mesh: Annotated[
        Literal["full", "neighbours"] | tuple[str, ...],
        BeforeValidator(_mesh),
        Field(
            description="`full`: each pair of sites; `neighbours`: each pair of sites that a "
            "fibre joins; a list of sites: each pair of these.",
        ),
    ]


class SingleLightpath(LightpathRequest):
    """Lightpaths between two sites."""

    source: str = Field(alias="from", description="Site at one end.")
    destination: str = Field(alias="to", description="Site at the other end.")
    route: Many[str] | None = Field(
        default=None,
        min_length=2,
        description="Nodes that the light passes, both ends included; else the shortest way.",
    )
    channel_hz: Frequency | None = Field(
        default=None,
        alias="channel",
        description="Central frequency, like `193.1 THz`; else the first that is free.",
    )

    def slot(self, spectrum: Spectrum) -> Channel | None:
        """Return the channel that is asked for, None where the allocation may choose.

        Raises `ValueError` when the frequency slot is off the grid of ITU-T G.694.1 clause 7
        (centre 193.1 THz + n x 6.25 GHz) or not inside the C band.
        """
        if self.channel_hz is None:
            return None
        width_hz = self.spacing_hz or spectrum.spacing_hz or PRESCRIBED_WIDTH_HZ
        width = round(width_hz / 1e9 / UNIT_GHZ)
        steps = (self.channel_hz / 1e12 - ANCHOR_THZ) * 1e3 / UNIT_GHZ
        if abs(steps - round(steps)) > 1e-6:
            raise ValueError(f"{self.channel_hz / 1e12:.9g} THz is not 193.1 THz + n x 6.25 GHz")
        anchor = round((ANCHOR_THZ - C_BAND_LOWER_THZ) * 1e3 / UNIT_GHZ)
        channel = Channel(anchor + round(steps) - width // 2, width)
        if channel.lower < 0 or channel.upper > C_BAND_UNITS:
            raise ValueError(f"a channel at {self.channel_hz / 1e12:.9g} THz leaves the C band")
        return channel


LIGHTPATHS: dict[str, type[Model]] = {"mesh": Mesh, "from": SingleLightpath}

LightpathEntry = Annotated[Mesh | SingleLightpath, Choice("lightpath", LIGHTPATHS)]
