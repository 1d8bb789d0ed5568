"""Lightpaths between domains, parted into a segment for each domain, as the parent would. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from apn_emu.allocation.demands import Demand
from apn_emu.control.domains import chain
from apn_emu.control.requests import Code, Refused
from apn_emu.network.division import Division
from apn_emu.planning.domains import Border, Domain, EndToEnd
from apn_emu.planning.packet_network import distances_km
from apn_emu.scenario.infrastructure import MAX_TRANSPONDERS

SPARE_PORTS = 2
"""Lightpaths on demand that a border can hand over where its ports are not stated. Assumption."""


class Segments:
    """Parts demands one after the other and counts what borders hand over.

    `domains` as the scenario has them; `ports`: lightpaths that a border takes, by its link; the
    others take as many as there are.
    """

    def __init__(
        self, division: Division, domains: Mapping[str, Sequence[str]], ports: Mapping[str, int]
    ) -> None:
        self._division, self._ports = division, ports
        self._names = tuple(domains)
        self._taken: Counter[str] = Counter()
        self.end_to_end: list[EndToEnd] = []

    def parts(self, demand: Demand) -> Iterator[Demand]:
        """Yield the demand of each segment; a demand within one domain is its own.

        Raises `Refused` when no border is free.
        """
        domain_of = self._division.domain_of
        source, destination = demand.source, demand.destination
        if domain_of.get(source) == domain_of.get(destination):
            yield demand
            return
        free = [border for border in self.borders if self._taken[border.id] < border.ports]
        found = chain(domain_of, free, source, destination, self._distance_km)
        if found is None:
            text = f"no free border leads from {source} to {destination}"
            raise Refused(Code.NO_PATH, f"{text}; state more under borders")
        segments, borders = found
        self._taken.update(border.id for border in borders)
        names = tuple(f"{demand.id}.{number}" for number in range(1, len(segments) + 1))
        crossed = tuple(border.id for border in borders)
        self.end_to_end.append(EndToEnd(demand.id, source, destination, names, crossed))
        for name, segment in zip(names, segments, strict=True):
            yield replace(demand, id=name, source=segment.source, destination=segment.destination)

    @cached_property
    def borders(self) -> tuple[Border, ...]:
        """All borders, with as many ports as may be used."""
        crossings = self._division.crossings.values()
        return tuple(
            Border(link, a.id, b.id, self._ports.get(link, MAX_TRANSPONDERS))
            for link, (a, b) in ((c.link.id, c.gateways) for c in crossings)
        )

    def built_borders(self) -> tuple[Border, ...]:
        """Return the borders with the ports that are built."""
        return tuple(
            replace(b, ports=min(b.ports, self._ports.get(b.id, self._taken[b.id] + SPARE_PORTS)))
            for b in self.borders
        )

    def domains(self) -> tuple[Domain, ...]:
        """Return the domains with their gateways."""
        domain_of = self._division.domain_of
        found = []
        for number, name in enumerate(self._names, 1):
            nodes = tuple(n.id for n in self._division.network.nodes if domain_of[n.id] == name)
            distances_km = {
                gateway: {node: round(self._km[gateway][node], 3) for node in nodes}
                for gateway in nodes
                if gateway in self._km
            }
            found.append(Domain(name, number, nodes, distances_km))
        return tuple(found)

    @cached_property
    def _km(self) -> Mapping[str, Mapping[str, float]]:
        """Lengths of the shortest ways from each gateway."""
        network = self._division.network
        gateways = (g.id for c in self._division.crossings.values() for g in c.gateways)
        return {gateway: distances_km(network, gateway) for gateway in gateways}

    def _distance_km(self, here: str, there: str) -> float:
        return self._km[here][there] if here in self._km else self._km[there][here]
