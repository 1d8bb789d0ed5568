"""What stands at the sites and on the fibres: servers, spectrum grid, equipment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from apn_emu.optics.grid import UNIT_GHZ
from apn_emu.scenario.base import Model, problem
from apn_emu.scenario.quantities import Duration, Frequency, PortRate, Size

MAX_TRANSPONDERS = 800
"""Line ports of a shelf stay below its client ports, which begin at 1001."""


class Site(Model):
    """A small data centre at a node of the network: servers behind one switch.

    In YAML `tokyo: 2` is short for `tokyo: {servers: 2}`, and `tokyo:` alone has one server.
    """

    servers: int = Field(default=1, ge=1, le=250, description="Number of servers.")
    server_rate_bps: PortRate = Field(
        default=400e9, alias="server_rate", description="Rate of each server's port, each way."
    )
    queue_byte: Size = Field(
        default=16_000_000,
        alias="queue",
        description="Queue of each port of a server and of the data centre's switch. The default "
        "is the buffer of a shallow-buffered switch port.",
    )
    transponders: int | None = Field(
        default=None,
        ge=1,
        le=MAX_TRANSPONDERS,
        description="Transponders that are built there; else as many as the lightpaths of the "
        "scenario need. Spare ones serve lightpaths that are asked for while it runs.",
    )
    server_latency_s: Duration = Field(
        default=0.0,
        alias="server_latency",
        description="What a server adds to each packet that it receives: card, kernel, cables and "
        "its port of the switch. A round trip has it once at each end.",
    )
    ecn_threshold_byte: Size | None = Field(
        default=None,
        alias="ecn_threshold",
        description="Queue above which the ports of servers, switch and transponders mark packets "
        "(DCTCP's K); else they never do.",
    )
    mtu: int = Field(
        default=9000,
        ge=1280,
        le=9216,
        description="Largest IP packet in bytes. At least 1280, which IPv6 demands (RFC 8200).",
    )


def _site_in_short(value: object) -> object:
    if value is None:
        return {}
    if isinstance(value, int) and not isinstance(value, bool):
        return {"servers": value}
    if isinstance(value, dict | Site):
        return value
    raise problem(f"{value!r} is not a site", "write {servers: 2}, or just the number of servers")


SiteEntry = Annotated[Site, BeforeValidator(_site_in_short)]


class Spectrum(Model):
    """The frequency grid that lightpaths are placed on (ITU-T G.694.1)."""

    spacing_hz: Frequency | None = Field(
        default=None,
        alias="spacing",
        description="Channel width where a lightpath states none, a multiple of 12.5 GHz; else what"
        " its mode needs, or 50 GHz at a prescribed `channel`.",
    )
    band: Literal["C"] = Field(
        default="C", description="The C band: 4.8 THz, 96 channels of 50 GHz."
    )

    @field_validator("spacing_hz")
    @classmethod
    def _on_the_grid(cls, spacing_hz: float | None) -> float | None:
        return None if spacing_hz is None else check_width(spacing_hz)


def check_width(width_hz: float) -> float:
    """Return the slot width if G.694.1 clause 7 has it (m x 12.5 GHz), else raise."""
    if (width_hz / 1e9) % (2 * UNIT_GHZ):
        message = f"{width_hz / 1e9:g} GHz is not a slot width of ITU-T G.694.1"
        raise problem(message, "it is a multiple of 12.5 GHz, like 50 GHz")
    return width_hz


class Equipment(Model):
    """Overrides of what the equipment does; what is not given keeps its sourced default."""

    line_queue_byte: Size | None = Field(
        default=None, alias="line_queue", description="Queue of each line port of a transponder."
    )
    transceiver_latency_s: Duration | None = Field(
        default=None,
        alias="transceiver_latency",
        description="Latency of a transmitter and a receiver together: framing, FEC and DSP.",
    )
    roadm_latency_s: Duration | None = Field(
        default=None,
        alias="roadm_latency",
        description="Latency of one ROADM, whether it adds, drops or passes.",
    )
    amplifier_latency_s: Duration | None = Field(
        default=None, alias="amplifier_latency", description="Latency of one amplifier on the way."
    )


def _text_or_mapping(value: object) -> object:
    if isinstance(value, str | dict):
        return value
    raise problem(f"{value!r} is not a network", "write a name, a path, or nodes and links")


NetworkEntry = Annotated[
    str | dict[str, Any],
    BeforeValidator(_text_or_mapping),
    Field(
        description="Name of a shipped network (`apn-emu topologies` lists them), or the path of "
        "a network file relative to the scenario's file, or the network itself: "
        "`{nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 98}]}`.",
    ),
]
