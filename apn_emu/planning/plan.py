"""The plan: everything that is decided before the first packet, and the only truth about it.

Delays, rates, rules and addresses all come from here: the emulation builds it, the controller
lights it, the result is compared with it. Plain dataclasses with no dependency, because the plan is
also read inside the emulated machine, where each import costs time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import NamedTuple

from apn_emu.planning.contents import Contents
from apn_emu.planning.domains import EndToEnd
from apn_emu.planning.lightpaths import End, Lightpath, Path
from apn_emu.planning.packets import Hop, Router
from apn_emu.planning.parameters import ControlParameters, EquipmentParameters
from apn_emu.planning.places import (
    ADD_DROP_PORT,
    CLIENT_PORT,
    ROADM_DPID,
    SHELF_DPID,
    SWITCH_DPID,
    Capture,
    Fibre,
    Gateway,
    Roadm,
    Server,
    Site,
    Terminal,
)
from apn_emu.planning.restoring import restore

__all__ = [
    "ADD_DROP_PORT",
    "CLIENT_PORT",
    "CONTROLLER_PORT",
    "ROADM_DPID",
    "SHELF_DPID",
    "SWITCH_DPID",
    "Capture",
    "ControlParameters",
    "End",
    "EquipmentParameters",
    "Fibre",
    "Gateway",
    "Hop",
    "Lightpath",
    "Path",
    "Plan",
    "Roadm",
    "Server",
    "Site",
    "Terminal",
]

CONTROLLER_PORT = 6653
"""OpenFlow's registered TCP port (IANA)."""

AGENTS_PORT = 6654
"""Where the controller listens for the transponders' agents, on loopback."""

REST_PORT = 8181
"""Where the controller serves its REST interface, on loopback and on the management network."""


class Step(NamedTuple):
    """A hop in the direction of a packet."""

    hop: Hop
    here: str
    there: str


@dataclass(frozen=True)
class Plan(Contents):
    """A scenario compiled: all its contents, and the ways that packets take through them."""

    @cached_property
    def handed_over(self) -> dict[str, dict[str, list[str]]]:
        """Site or router -> destination site -> hops on which others send it packets for there."""
        places: list[Site | Router] = [*self.sites, *self.routers]
        handed: dict[str, dict[str, list[str]]]
        handed = {place.id: {site: [] for site in self.site_index} for place in places}
        for source, next_hops in self.next_hops.items():
            for destination, hops in next_hops.items():
                for hop in hops:
                    there = self.hop_by_id[hop].far_end(source).site
                    if there in handed:  # a gateway hands nothing to a switch of its own
                        handed[there][destination].append(hop)
        return handed

    @cached_property
    def _stitched(self) -> dict[str, EndToEnd]:
        """End-to-end lightpaths by their first and last segment."""
        return {s: e for e in self.end_to_end for s in (e.segments[0], e.segments[-1])}

    @cached_property
    def services(self) -> tuple[EndToEnd, ...]:
        """What clients know as lightpaths, each between two sites: those within one domain, which
        are their own only segment, then those over several."""
        inside = (p for p in self.lightpaths if self.site_by_id.keys() >= {p.a.site, p.b.site})
        alone = (EndToEnd(p.id, p.a.site, p.b.site, (p.id,), ()) for p in inside)
        return (*alone, *self.end_to_end)

    def onward(self, hop: str, here: str) -> tuple[Step, ...]:
        """Return the steps of a packet, sent by `here`, until it is forwarded again: one, or all
        segments of an end-to-end lightpath."""
        through = self._stitched.get(hop)
        steps: list[Step] = []
        for name in through.onward(hop) if through else (hop,):
            step = self.hop_by_id[name]
            there = step.far_end(here).site
            steps.append(Step(step, here, there))
            gateway = self.terminal_by_id.get(there)
            here = gateway.opposite if isinstance(gateway, Gateway) else there
        return tuple(steps)

    def ways(self, source: str, destination: str) -> Iterator[list[tuple[Step, ...]]]:
        """Yield, for each place on the way that forwards packets, the parallel ways onward.

        Raises `KeyError` when the destination cannot be reached.
        """
        while source != destination:
            hops = self.next_hops[source][destination]
            yield (parallel := [self.onward(hop, source) for hop in hops])
            source = parallel[0][-1].there

    def joins(self, source: str, destination: str) -> bool:
        """Return whether a planned way leads from one site to another, or both are the same."""
        return source == destination or destination in self.next_hops[source]

    def path(self, source: str, destination: str) -> tuple[Hop, ...]:
        """Return the hops, the first of each parallel set, that packets take between sites.

        Raises `KeyError` when the destination cannot be reached.
        """
        return tuple(step.hop for ways in self.ways(source, destination) for step in ways[0])

    def round_trip_ns(self, a: str, b: str) -> int:
        """Return the round-trip time of an empty network, without serialisation."""
        hops = (*self.path(a, b), *self.path(b, a))
        servers_ns = sum(self.site_by_id[site].server_latency_ns for site in (a, b))
        return servers_ns + sum(hop.latency.total_ns for hop in hops)

    def path_rate_bps(self, source: str, destination: str) -> int:
        """Return the rate of the narrowest place between servers of two sites, or of one.

        Raises `KeyError` when the destination cannot be reached.
        """
        rates = [self.site_by_id[site].server_rate_bps for site in (source, destination)]
        for ways in self.ways(source, destination):
            rates.append(sum(steps[0].hop.rate_bps for steps in ways))
        return min(rates)

    def path_bytes(self, source: str, destination: str) -> int:
        """Return what can be on its way: the bandwidth-delay product, and all queues filled."""
        rate_bps, rtt_ns = (
            f(source, destination) for f in (self.path_rate_bps, self.round_trip_ns)
        )
        queued = sum(hop.queue_bytes for hop in self.path(source, destination))
        return round(rate_bps / 8 * rtt_ns / 1e9) + queued

    def to_json(self) -> str:
        """Return the plan as JSON, the same bytes for the same plan."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def _repr_html_(self) -> str:
        """Return the plan as Jupyter shows it."""
        from apn_emu.results.plan_tables import plan_html

        return plan_html(self)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """Return the plan that `to_json` wrote."""
        plan = restore(cls, json.loads(text))
        assert isinstance(plan, cls)
        return plan
