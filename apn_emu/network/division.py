"""A network parted among operators' domains: fibres between two domains end at gateways. Pure.

Operators meet at a point of interconnection in the middle of each fibre pair that joins their
domains (where: assumption). Each has a gateway there, and the two hand over what a client sends,
not light: an inter-domain interface (IrDI) of ITU-T G.872 and G.959.1, where every signal is
regenerated (3R). So a light path ends at a gateway, and no domain's spectrum, modes or quality
depend on another's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from apn_emu.network.model import Link, Network, Node


@dataclass(frozen=True)
class Crossing:
    """A fibre pair between two domains: what it is parted into, on the side of `link.a` and `b`."""

    link: Link
    gateways: tuple[Node, Node]
    halves: tuple[Link, Link]

    def stop(self, source: str, metres: float) -> tuple[str, str, float]:
        """Return which half, from which of its nodes, a place on the whole fibre is.

        `metres` count from the fibre's end `source`; the middle belongs to the half of `link.a`.
        """
        near = 0 if source == self.link.a else 1
        half_m = self.halves[near].length_km * 1e3
        if metres < half_m or (metres == half_m and near == 0):
            return self.halves[near].id, source, metres
        far = 1 - near
        return self.halves[far].id, self.gateways[far].id, metres - half_m

    def half(self, source: str) -> str:
        """Return the half that the light from an end of the whole fibre enters."""
        return self.halves[0 if source == self.link.a else 1].id


@dataclass(frozen=True)
class Division:
    """The network as it is built, and the domain of each of its nodes, gateways among them."""

    network: Network
    domain_of: Mapping[str, str]
    crossings: Mapping[str, Crossing]
    """By the id of the fibre pair that is parted."""


def divide(network: Network, domains: Mapping[str, Sequence[str]]) -> Division:
    """Part a network among domains, each a list of its nodes; without domains it stays as it is.

    Each node is in exactly one domain. Gateways are behind all other nodes, so these keep their
    numbers; `tokyo~omiya` is that of Tokyo's domain on the fibre to Omiya.
    """
    domain_of = {node: domain for domain, nodes in domains.items() for node in nodes}
    links: list[Link] = []
    crossings: dict[str, Crossing] = {}
    for link in network.links:
        if domain_of.get(link.a) == domain_of.get(link.b):
            links.append(link)
            continue
        crossing = crossings[link.id] = _crossing(network, link)
        links += crossing.halves
        for gateway, node in zip(crossing.gateways, (link.a, link.b), strict=True):
            domain_of[gateway.id] = domain_of[node]
    gateways = [gateway for crossing in crossings.values() for gateway in crossing.gateways]
    parted = replace(network, nodes=(*network.nodes, *gateways), links=tuple(links))
    return Division(parted if crossings else network, domain_of, crossings)


def _crossing(network: Network, link: Link) -> Crossing:
    parallel = link.id.removeprefix(f"{link.a}-{link.b}")
    ends = network.node_by_id[link.a], network.node_by_id[link.b]
    gateways = tuple(
        Node(f"{here.id}~{there.id}{parallel}", f"{here.name}~{there.name}{parallel}", *place)
        for here, there, place in (
            (ends[0], ends[1], _between(*ends)),
            (ends[1], ends[0], _between(*reversed(ends))),
        )
    )
    halves = tuple(
        Link(f"{end.id}-{gateway.id}", end.id, gateway.id, link.length_km / 2, link.srlgs)
        for end, gateway in zip(ends, gateways, strict=True)
    )
    return Crossing(link, (gateways[0], gateways[1]), (halves[0], halves[1]))


def _between(here: Node, there: Node) -> tuple[float | None, float | None]:
    """Return where a map shows the gateway of `here`: a little before the middle."""
    if here.lat is None or here.lon is None or there.lat is None or there.lon is None:
        return None, None
    return here.lat + 0.45 * (there.lat - here.lat), here.lon + 0.45 * (there.lon - here.lon)
