"""What a scenario says about operators' domains: is every node in one, and what is asked of two?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations

from apn_emu.network.division import divide
from apn_emu.network.model import Network
from apn_emu.planning.lightpaths import TWO_PATHS
from apn_emu.scenario.events import AmplifierFailure
from apn_emu.scenario.findings import Finding, unknown, unknown_node
from apn_emu.scenario.lightpaths import Mesh, SingleLightpath
from apn_emu.scenario.schema import Scenario

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")


def check_domains(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Yield everything that is wrong with the domains, and what they cannot be combined with."""
    if not scenario.domains:
        if scenario.borders:
            yield ("borders",), "there are no domains, so no borders", "name domains"
        return
    findings = list(_members(scenario, network))
    yield from findings
    if findings:
        return
    division = divide(network, scenario.domains)
    yield from _parts(scenario, network)
    for link in scenario.borders:
        yield from unknown(("borders", link), "fibre between domains", link, division.crossings)
    for crossing in division.crossings.values():
        for gateway in crossing.gateways:
            if gateway.id in network.node_by_id:
                yield ("domains",), f"the gateway {gateway.id} is called like a node", "rename that"
    for index, event in enumerate(scenario.events):
        if isinstance(event, AmplifierFailure) and event.link in division.crossings:
            message = f"{event.link} joins two domains: each half has amplifiers of its own"
            yield ("events", index, event.kind), message, "cut it, at_distance says where"
    yield from _lightpaths(scenario, division.domain_of)


def _members(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Yield what is wrong with the lists of nodes."""
    if len(scenario.domains) < 2:
        yield ("domains",), "one domain is the whole network", "name two domains, or none"
    domain_of: dict[str, str] = {}
    for domain, nodes in scenario.domains.items():
        if not _NAME.fullmatch(domain):
            remedy = "letters, digits, _ and -"
            yield ("domains", domain), f"{domain!r} is no name of a domain", remedy
        if not nodes:
            yield ("domains", domain), f"the domain {domain} has no nodes", "list some"
        for index, node in enumerate(nodes):
            loc = ("domains", domain, index)
            yield from unknown_node(loc, node, network)
            if node in domain_of:
                yield loc, f"{node} is in {domain_of[node]} already", "a node has one operator"
            domain_of[node] = domain
    missing = [node.id for node in network.nodes if node.id not in domain_of]
    if missing:
        yield ("domains",), f"in no domain: {', '.join(missing)}", "each node has an operator"


def _parts(scenario: Scenario, network: Network) -> Iterator[Finding]:
    """Yield the domains that fall apart."""
    import networkx as nx

    for domain, nodes in scenario.domains.items():
        parts = sorted(nx.connected_components(network.graph.subgraph(nodes)), key=len)
        if len(parts) > 1:
            apart = ", ".join(sorted(parts[0]))
            message = f"no fibres of {domain} itself join {apart} to the rest of it"
            yield ("domains", domain), message, "make them a domain of their own"


def _lightpaths(scenario: Scenario, domain_of: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what lightpaths between domains cannot have."""
    for index, entry in enumerate(scenario.lightpaths):
        if isinstance(entry, SingleLightpath):
            sites = [entry.source, entry.destination]
            yield from _route(index, entry, domain_of)
        else:
            assert isinstance(entry, Mesh)
            sites = list(scenario.sites if isinstance(entry.mesh, str) else entry.mesh)
        between = [pair for pair in combinations(sites, 2) if len({*map(domain_of.get, pair)}) > 1]
        if between and entry.protection in TWO_PATHS:
            message = f"{entry.protection} between domains ({'-'.join(between[0])})"
            remedy = "use restoration, which each domain has for itself, or none"
            yield ("lightpaths", index, "protection"), message, remedy


def _route(index: int, entry: SingleLightpath, domain_of: Mapping[str, str]) -> Iterator[Finding]:
    if entry.route is None:
        return
    loc = ("lightpaths", index, "route")
    if domain_of.get(entry.source) != domain_of.get(entry.destination):
        yield loc, "each operator chooses the route in its domain", "leave it out"
    elif len({*map(domain_of.get, entry.route)}) > 1:
        yield loc, f"the route leaves the domain {domain_of[entry.source]}", "stay in it"
