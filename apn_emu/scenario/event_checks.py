"""What a scenario's events say about its network: do the places exist, and is there a failure to
repair?"""

from __future__ import annotations

from collections.abc import Iterator

from apn_emu.documents import Loc
from apn_emu.network.model import Network
from apn_emu.network.regions import Circle, links_inside, named_areas, nodes_inside
from apn_emu.scenario.events import Cut, FibreEvent, NodeFailure, RegionFailure, Repair
from apn_emu.scenario.findings import Finding, unknown, unknown_node
from apn_emu.scenario.schema import Scenario


def check_events(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Yield everything that is wrong with the events."""
    regions = [e.target for e in scenario.events if isinstance(e, RegionFailure)]
    for index, event in enumerate(scenario.events):
        loc = ("events", index)
        if isinstance(event, NodeFailure):
            yield from unknown_node((*loc, event.kind), event.node, network)
        elif isinstance(event, Repair):
            if event.target not in network.node_by_id and event.target not in regions:
                yield from _link((*loc, event.kind), event.target, network, "link, node or region")
        elif isinstance(event, RegionFailure):
            yield from _region(loc, event, network)
        elif isinstance(event, FibreEvent):
            yield from _fibre(loc, event, network)


def circles_of(event: RegionFailure, network: Network) -> tuple[Circle, ...]:
    """Return the circles of a region that was checked."""
    if event.radius_m is None:
        return named_areas()[str(event.centre)].circles
    if isinstance(event.centre, str):
        node = network.node_by_id[event.centre]
        assert node.lat is not None
        assert node.lon is not None
        return (Circle(node.lat, node.lon, event.radius_m / 1e3),)
    return (Circle(*event.centre, event.radius_m / 1e3),)


def _region(loc: Loc, event: RegionFailure, network: Network) -> Iterator[Finding]:
    place = (*loc, event.kind)
    problems = list(_centre(place, loc, event, network))
    nowhere = [node.id for node in network.nodes if node.lat is None or node.lon is None]
    if nowhere:
        message = f"{network.name} does not say where {nowhere[0]} lies"
        problems.append((place, message, "give every node lat and lon"))
    yield from problems
    if not problems:
        circles = circles_of(event, network)
        if not nodes_inside(network, circles) and not links_inside(network, circles):
            yield place, f"nothing of {network.name} lies in {event.target}", "a larger radius?"


def _centre(place: Loc, loc: Loc, event: RegionFailure, network: Network) -> Iterator[Finding]:
    areas = named_areas()
    if event.radius_m is not None and event.centre in areas:
        yield (*loc, "radius"), f"{event.centre} has its own extent", "leave out radius"
    elif event.radius_m is not None and isinstance(event.centre, str):
        yield from unknown_node(place, event.centre, network)
    elif event.radius_m is None and isinstance(event.centre, str):
        if event.centre in network.node_by_id:
            yield place, "how much around it fails?", "give radius, like 50 km"
        else:
            yield from unknown(place, "area", event.centre, areas)
    elif event.radius_m is None:
        yield place, "how much around it fails?", "give radius, like 50 km"


def _fibre(loc: Loc, event: FibreEvent, network: Network) -> Iterator[Finding]:
    yield from _link((*loc, event.kind), event.link, network)
    link = network.link_by_id.get(event.link)
    if link and event.only_from not in (None, link.a, link.b):
        remedy = f"write {link.a} or {link.b}"
        yield (*loc, "only_from"), f"{event.only_from} is no end of {link.id}", remedy
    if link and isinstance(event, Cut) and (event.distance_m or 0.0) > link.length_km * 1e3:
        message = f"{link.id} is only {link.length_km:g} km long"
        yield (*loc, "at_distance"), message, f"count from {link.a}"


def _link(loc: Loc, name: str, network: Network, what: str = "link") -> Iterator[Finding]:
    turned = [link.id for link in network.links if name == f"{link.b}-{link.a}"]
    if turned and name not in network.link_by_id:
        yield loc, f"the link is called the other way round in {network.name}", f"write {turned[0]}"
    else:
        yield from unknown(loc, what, name, network.link_by_id, f" in {network.name}")
