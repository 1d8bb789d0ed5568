"""Events of a scenario resolved: where light stops, which nodes fail, which wavelengths suffer.

A plan's event is plain data: `at_s`, `kind`, `target`, then `fibres`, one `[fibre, from, metres]`
for each direction that fails (or, of a repair, works again), where `from` is the node that sends
into it and the distance counts from there; `nodes` that fail or work again; `degraded`, the
directions `[fibre, from]` whose extra loss changes; and `quality`, what each path's receivers get
from then on where that changed it (see `planning.degradation`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from apn_emu.errors import Problem
from apn_emu.network.division import Crossing
from apn_emu.network.model import Link, Network
from apn_emu.network.regions import links_inside, nodes_inside
from apn_emu.scenario.event_checks import circles_of
from apn_emu.scenario.events import (
    AmplifierFailure,
    Cut,
    Degradation,
    Event,
    NodeFailure,
    RegionFailure,
    Repair,
)
from apn_emu.scenario.schema import Scenario

Stop = tuple[str, str, float]
"""A place where light stops: fibre, the node it comes from, and metres from that node."""

ExtraLoss = dict[tuple[str, str], float]
"""Extra loss in dB by fibre and the node that the light comes from."""

Figures = dict[str, dict[str, dict[str, Any]]]
"""What receivers get: path id -> site -> figures."""

Quality = Callable[[ExtraLoss], Figures]
"""Returns what the receivers of all paths get with these losses."""


@dataclass(frozen=True)
class _Change:
    """What an event breaks or mends."""

    stops: list[Stop] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)
    losses: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class _State:
    """What has failed so far, each with the names by which it can be repaired."""

    stops: list[tuple[Stop, frozenset[str]]] = field(default_factory=list)
    nodes: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    losses: dict[tuple[str, str], float] = field(default_factory=dict)


def resolve_events(
    scenario: Scenario,
    network: Network,
    crossings: Mapping[str, Crossing],
    spans_km: Callable[[str], Sequence[float]],
    quality: Quality,
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """Return the plan's events in the order of their time, and what is wrong with them.

    What happens to a fibre pair of `crossings` happens to the half that it concerns. `spans_km`
    gives the spans of a link from its first node. Events were checked against the network before;
    wrong are an amplifier that is not there and a repair of what has not failed.
    """
    state = _State()
    resolved: list[dict[str, Any]] = []
    problems: list[Problem] = []
    known = quality({}) if any(isinstance(e, Degradation) for e in scenario.events) else {}
    order = sorted(range(len(scenario.events)), key=lambda index: scenario.events[index].at_s)
    for index in order:
        event = scenario.events[index]
        try:
            change = _apply(event, state, network, spans_km)
        except ValueError as error:
            place = scenario.where("events", index, event.kind)
            problems.append(place.problem(str(error)))
            continue
        changed: Figures = {}
        stops, losses = _halved(change.stops, crossings), change.losses
        if losses:
            losses = [_lossy(direction, crossings) for direction in losses]
            now = quality({_lossy(d, crossings): db for d, db in state.losses.items()})
            changed = _changed(known, now)
            known = now
        resolved.append(
            {
                "at_s": event.at_s,
                "kind": event.kind,
                "target": _target(event),
                "fibres": [list(stop) for stop in stops],
                "nodes": change.nodes,
                "loss_db": event.loss_db if isinstance(event, Degradation) else 0.0,
                "degraded": [list(direction) for direction in losses],
                "quality": changed,
            }
        )
    return resolved, problems


def _halved(stops: Sequence[Stop], crossings: Mapping[str, Crossing]) -> list[Stop]:
    """Return where light stops on the fibres as they are built, in halves between domains."""
    return [crossings[s[0]].stop(*s[1:]) if s[0] in crossings else s for s in stops]


def _lossy(direction: tuple[str, str], crossings: Mapping[str, Crossing]) -> tuple[str, str]:
    """Return the fibre that has a fibre's extra loss, which is at the end of its first span."""
    link, source = direction
    return (crossings[link].half(source) if link in crossings else link), source


def _changed(before: Figures, now: Figures) -> Figures:
    """Return the figures that are new, receiver by receiver."""
    changed: Figures = {}
    for path, ends in now.items():
        for site, figures in ends.items():
            if figures != before[path][site]:
                changed.setdefault(path, {})[site] = figures
    return changed


def _target(event: Event) -> str:
    if isinstance(event, NodeFailure):
        return event.node
    if isinstance(event, Repair | RegionFailure):
        return event.target
    assert isinstance(event, Cut | AmplifierFailure | Degradation)
    return event.link if event.only_from is None else f"{event.link} from {event.only_from}"


def _apply(
    event: Event, state: _State, network: Network, spans_km: Callable[[str], Sequence[float]]
) -> _Change:
    """Change the state; return what changed."""
    if isinstance(event, Repair):
        return _repair(event.target, state)
    stops: list[tuple[Stop, frozenset[str]]] = []
    nodes: list[tuple[str, frozenset[str]]] = []
    losses: list[tuple[str, str]] = []
    if isinstance(event, Cut | AmplifierFailure):
        link = network.link_by_id[event.link]
        stops = [
            (stop, frozenset({link.id}))
            for stop in _both_ways(link, _place_km(event, link, spans_km))
            if event.only_from in (None, stop[1])
        ]
    elif isinstance(event, Degradation):
        link = network.link_by_id[event.link]
        losses = [(link.id, n) for n in (link.a, link.b) if event.only_from in (None, n)]
        for key in losses:
            state.losses[key] = state.losses.get(key, 0.0) + event.loss_db
    elif isinstance(event, NodeFailure):
        nodes = [(event.node, frozenset({event.node}))]
    elif isinstance(event, RegionFailure):
        circles = circles_of(event, network)
        inside = nodes_inside(network, circles)
        nodes = [(node, frozenset({node, event.target})) for node in inside]
        stops = [
            (stop, frozenset({link.id, event.target}))
            for link, km in links_inside(network, circles)
            if link.a not in inside and link.b not in inside
            for stop in _both_ways(link, km)
        ]
    stops += [(stop, names) for node, names in nodes for stop in _around(node, network)]
    state.stops += stops
    state.nodes += nodes
    return _Change([stop for stop, _ in stops], [node for node, _ in nodes], losses)


def _repair(target: str, state: _State) -> _Change:
    stops = [stop for stop, names in state.stops if target in names]
    nodes = [node for node, names in state.nodes if target in names]
    losses = [key for key in state.losses if key[0] == target]
    if not (stops or nodes or losses):
        raise ValueError(f"nothing of {target} has failed by then")
    state.stops = [entry for entry in state.stops if target not in entry[1]]
    state.nodes = [entry for entry in state.nodes if target not in entry[1]]
    for key in losses:
        del state.losses[key]
    return _Change(stops, nodes, losses)


def _place_km(
    event: Cut | AmplifierFailure, link: Link, spans_km: Callable[[str], Sequence[float]]
) -> float:
    """Return how far from the link's first node light stops."""
    if isinstance(event, Cut):
        return link.length_km / 2 if event.distance_m is None else event.distance_m / 1e3
    sites = [0.0, *accumulate(spans_km(link.id))]
    if event.amplifier > len(sites):
        raise ValueError(f"{link.id} has amplifiers at {len(sites)} sites, not {event.amplifier}")
    return sites[event.amplifier - 1]


def _both_ways(link: Link, km: float) -> Iterator[Stop]:
    yield link.id, link.a, round(km * 1e3, 3)
    yield link.id, link.b, round((link.length_km - km) * 1e3, 3)


def _around(node: str, network: Network) -> Iterator[Stop]:
    """Yield where light stops when a node fails: at the node, into it and out of it."""
    for link in network.links:
        if node == link.a:
            yield from _both_ways(link, 0.0)
        elif node == link.b:
            yield from _both_ways(link, link.length_km)
