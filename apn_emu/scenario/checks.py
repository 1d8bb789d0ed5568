"""What a scenario says about its network: do its sites, links and servers exist?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from apn_emu.documents import Loc
from apn_emu.errors import InputError, Problem
from apn_emu.network.model import Network
from apn_emu.results.expectations import ANY
from apn_emu.scenario.domain_checks import check_domains
from apn_emu.scenario.event_checks import check_events
from apn_emu.scenario.findings import Finding, unknown, unknown_node
from apn_emu.scenario.lightpaths import Mesh, SingleLightpath
from apn_emu.scenario.places import Server
from apn_emu.scenario.schema import Scenario


def check_scenario(scenario: Scenario, network: Network) -> None:
    """Raise `InputError` with everything that does not exist or contradicts itself."""
    findings = [
        *_sites(scenario, network),
        *_lightpaths(scenario, network),
        *_workloads(scenario),
        *check_events(scenario, network),
        *check_domains(scenario, network),
        *_baselines(scenario, network),
        *_expectations(scenario),
    ]
    problems = [
        scenario.where(*scenario.source.written(loc)).problem(message, remedy)
        for loc, message, remedy in findings
    ]
    if problems:
        raise InputError(sorted(set(problems), key=_by_line))


def _by_line(problem: Problem) -> tuple[int, str, str]:
    return (problem.line or 0, problem.key or "", problem.message)


def _sites(scenario: Scenario, network: Network) -> Iterator[Finding]:
    for site in scenario.sites:
        yield from unknown_node(("sites", site), site, network)


def _lightpaths(scenario: Scenario, network: Network) -> Iterator[Finding]:
    for index, request in enumerate(scenario.lightpaths):
        loc = ("lightpaths", index)
        if isinstance(request, Mesh):
            yield from _mesh(loc, request, scenario)
        elif isinstance(request, SingleLightpath):
            yield from _single(loc, request, scenario, network)


def _mesh(loc: Loc, mesh: Mesh, scenario: Scenario) -> Iterator[Finding]:
    if isinstance(mesh.mesh, tuple):
        for index, site in enumerate(mesh.mesh):
            place = (*loc, "mesh", index)
            yield from unknown(place, "site", site, scenario.sites)
            if site in mesh.mesh[:index]:
                yield place, f"{site} is there twice", None
    elif len(scenario.sites) < 2:
        yield (*loc, "mesh"), "a mesh needs two sites or more", "add a site under sites"


def _single(
    loc: Loc, path: SingleLightpath, scenario: Scenario, network: Network
) -> Iterator[Finding]:
    ends = (path.source, path.destination)
    for key, site in zip(("from", "to"), ends, strict=True):
        yield from unknown((*loc, key), "site", site, scenario.sites)
    if path.source == path.destination:
        yield (*loc, "to"), f"the lightpath joins {path.source} to itself", "name two sites"
    if path.channel_hz is not None and path.count > 1:
        yield (*loc, "channel"), "parallel lightpaths cannot share a channel", "leave out count"
    try:
        path.slot(scenario.spectrum)
    except ValueError as error:
        yield (*loc, "channel"), str(error), "193.1 THz is right, for example"
    if path.route is not None:
        yield from _route((*loc, "route"), path.route, ends, network)


def _route(
    loc: Loc, route: tuple[str, ...], ends: tuple[str, str], network: Network
) -> Iterator[Finding]:
    for index, node in enumerate(route):
        yield from unknown_node((*loc, index), node, network)
        if node in route[:index]:
            yield (*loc, index), f"the route passes {node} twice", None
    if (route[0], route[-1]) != ends:
        remedy = f"begin with {ends[0]} and end with {ends[1]}"
        yield loc, f"the route leads from {route[0]} to {route[-1]}", remedy
    for index, (a, b) in enumerate(pairwise(route), start=1):
        known = {a, b} <= network.node_by_id.keys()
        if known and a != b and not network.graph.has_edge(a, b):
            remedy = f"{a} has fibres to {', '.join(sorted(network.graph[a]))}"
            yield (*loc, index), f"no fibre joins {a} and {b}", remedy


def _workloads(scenario: Scenario) -> Iterator[Finding]:
    names: set[str] = set()
    servers = {id: site.servers for id, site in scenario.sites.items()}
    for index, entry in enumerate(scenario.workloads):
        loc, workload = ("workloads", index), entry.workload
        for place, server in entry.named_servers():
            yield from _server((*loc, *place), server, scenario)
        if getattr(workload, "pairs", None) == "all-pairs" and len(servers) < 2:
            message = "all-pairs needs two sites or more"
            yield (*loc, workload.kind), message, "add a site under sites"
        if getattr(workload, "on", None) == "all" and sum(servers.values()) < 2:
            yield (*loc, workload.kind), "there is one server in all", "add servers under sites"
        for key, message, remedy in workload.check_sites(servers):
            yield (*loc, key), message, remedy
        if workload.name is not None:
            if workload.name in names:
                yield (*loc, "name"), f"the name {workload.name!r} is there twice", None
            names.add(workload.name)


def _server(loc: Loc, server: Server, scenario: Scenario) -> Iterator[Finding]:
    yield from unknown(loc, "site", server.site, scenario.sites)
    site = scenario.sites.get(server.site)
    if site is not None and server.number > site.servers:
        has = f"{server.site} has {site.servers} server{'s' if site.servers > 1 else ''}"
        yield loc, f"there is no server {server}", f"{has}, numbered from 1"


def _baselines(scenario: Scenario, network: Network) -> Iterator[Finding]:
    names: set[str] = set()
    for index, baseline in enumerate(scenario.baselines):
        loc = ("baselines", index)
        if baseline.hub is not None:
            yield from unknown_node((*loc, "hub"), baseline.hub, network)
        if baseline.name in names:
            remedy = "give one of them another name"
            yield (*loc, "name"), f"the name {baseline.name!r} is there twice", remedy
        names.add(baseline.name)


def _expectations(scenario: Scenario) -> Iterator[Finding]:
    for index, expectation in enumerate(scenario.expect):
        for end in (expectation.source, expectation.destination):
            if end == ANY:
                continue
            site, _, number = end.partition("/")
            server = Server(site, int(number) if number.isdigit() else 1)
            yield from _server(("expect", index), server, scenario)
