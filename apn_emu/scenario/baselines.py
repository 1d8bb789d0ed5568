"""Baselines: networks that the same workloads are run on, to compare with.

What a preset states comes from a source or is called an assumption in its comment.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from apn_emu.network.building import nearest
from apn_emu.scenario.base import Model, problem
from apn_emu.scenario.quantities import Duration, Fraction, Period, PortRate, Size

PRESETS: Mapping[str, Mapping[str, Any]] = {
    # All servers behind one spine. Assumption: 1 us, two more cut-through switches on the way than
    # inside a site, about half a microsecond each.
    "single-site": {"topology": "fabric", "router_latency": "1 us"},
    # A dedicated 10G Ethernet line for each lightpath. Assumptions: 30 us a router (store and
    # forward, look-up, fabric); 100 us of OTN equipment a line (published: about 100 us a board);
    # a route 1.3 times as long as the shortest fibre; a queue of 10 ms.
    "leased-line-10g": {
        "topology": "mesh",
        "rate": "10G",
        "router_latency": "30 us",
        "line_latency": "100 us",
        "detour": 1.3,
        "queue_time": "10 ms",
    },
    # A provider's shared network: access of 1G, all traffic over one central place, others'
    # packets on the lines. Assumptions: 20 % of each line is others', a queue of
    # 50 ms; the rest as above.
    "ip-vpn": {
        "topology": "star",
        "rate": "1G",
        "router_latency": "30 us",
        "detour": 1.3,
        "queue_time": "50 ms",
        "mtu": 1500,
        "cross_load": "20 %",
    },
    # As published tests emulated it: 15 ms RTT and 300 Mbit/s between any two sites (NTT Docomo
    # Business, MPLS Japan 2025). The rate is each site's access. MTU: Ethernet's, as usual there.
    "internet": {
        "topology": "star",
        "rate": "300M",
        "rtt": "15 ms",
        "queue_time": "50 ms",
        "mtu": 1500,
    },
}
"""Keys and values as a scenario writes them."""


class Baseline(Model):
    """A network in place of the lightpaths, with the same sites, servers and workloads.

    In YAML the name of a preset alone stands for its parameters; in a mapping, `preset` gives what
    the other keys do not.
    """

    name: str = Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        description="Name in tables and of its folder; else the preset's.",
    )
    preset: str | None = Field(
        default=None, description=f"Where the other values come from: {', '.join(PRESETS)}."
    )
    topology: Literal["fabric", "mesh", "star"] = Field(
        default="mesh",
        description="`fabric`: all sites' switches at one spine, as in one data centre; `mesh`: a "
        "line for each pair of sites that lightpaths join; `star`: a line from each site to `hub`.",
    )
    rate_bps: PortRate | None = Field(
        default=None,
        alias="rate",
        description="Rate of each line, each way; else that of the site's servers together, over "
        "`oversubscription`.",
    )
    queue_time_s: Period = Field(
        default=1e-3, alias="queue_time", description="Queue of each port, as time at its rate."
    )
    queue_byte: Size | None = Field(
        default=None, alias="queue", description="Queue of each port; overrides `queue_time`."
    )
    ecn_threshold_byte: Size | None = Field(
        default=None,
        alias="ecn_threshold",
        description="Queue above which a port marks packets (DCTCP's K); else it never does.",
    )
    router_latency_s: Duration = Field(
        default=30e-6,
        alias="router_latency",
        description="Latency of each router, queueing left out (assumption).",
    )
    line_latency_s: Duration = Field(
        default=0.0,
        alias="line_latency",
        description="What the transmission equipment of a line adds to its fibre.",
    )
    detour: float = Field(
        default=1.0, ge=1, le=10, description="Length of a line, over that of the shortest fibre."
    )
    rtt_s: Period | None = Field(
        default=None,
        alias="rtt",
        description="Round trip between any two sites, instead of what distances and routers give.",
    )
    oversubscription: float = Field(
        default=1.0,
        ge=1,
        description="Rate of a site's servers together, over the rate of its uplink.",
    )
    hub: str | None = Field(
        default=None, description="Node where a star has its middle; else the most central one."
    )
    mtu: int | None = Field(
        default=None, ge=1280, le=9216, description="Largest IP packet in bytes; else the sites'."
    )
    cross_load: Fraction = Field(
        default=0.0,
        le=0.95,
        description="Part of each line's rate, each way, that packets of others take.",
    )
    cross_packet_byte: int = Field(
        default=1500, alias="cross_packet", ge=100, le=9000, description="Size of these packets."
    )
    cross_burst: int = Field(
        default=43,
        ge=1,
        le=64,
        description="Packets of others that come at once; 43 are the 64 KB of a segmenting card.",
    )

    @model_validator(mode="before")
    @classmethod
    def _fill_in(cls, value: Any) -> Any:
        """Take what is not given from the preset."""
        if not isinstance(value, Mapping) or (preset := value.get("preset")) is None:
            return value
        if preset not in PRESETS:
            raise problem(f"there is no preset {preset!r}", nearest(str(preset), PRESETS))
        return {"name": preset, **PRESETS[preset], **value}


def _in_short(value: object) -> object:
    return {"preset": value} if isinstance(value, str) else value


BaselineEntry = Annotated[Baseline, BeforeValidator(_in_short)]
