"""OpenFlow 1.3 rules of a plan, in a neutral form that the controller app turns into messages.

A ROADM's rule is a cross-connect on (input port, channel); a shelf's rule puts a client on its
channel or takes it off; a switch's rules send each destination site to its lightpaths. No rule, no
light: bridges fail secure, so what matches nothing is dropped.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from apn_emu.planning.addresses import MULTICAST_MAC, site_mac
from apn_emu.planning.lightpaths import ONE_PLUS_ONE, Lightpath, Path
from apn_emu.planning.plan import Plan, Site

VLAN_PRESENT = 0x1000
"""OFPVID_PRESENT (OpenFlow 1.3.5, 7.2.3.7)."""

S_TAG = 0x88A8
ETHERTYPES = (0x0800, 0x86DD)

LIGHTPATH_PRIORITY = 100
MULTICAST, LOCAL, TRANSIT, REMOTE = 400, 300, 200, 100
"""Priorities of a switch's rules."""


@dataclass(frozen=True)
class Rule:
    """One flow entry: `match` fields by OpenFlow name, `actions` as (name, argument) pairs."""

    dpid: int
    priority: int
    match: dict[str, Any]
    actions: tuple[tuple[str, Any], ...]
    cookie: int = 0


@dataclass(frozen=True)
class Group:
    """A select group (ECMP): output `ports` with equal weights."""

    dpid: int
    group_id: int
    ports: tuple[int, ...]


@dataclass
class RuleSet:
    """Groups and the rules that may use them."""

    groups: list[Group] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)


def cross_connects(plan: Plan, path: Path, cookie: int) -> list[Rule]:
    """Return the rules of every ROADM of a path, both directions."""
    match = {"vlan_vid": VLAN_PRESENT | path.vid}
    return [
        Rule(roadm, LIGHTPATH_PRIORITY, {"in_port": here, **match}, (("output", there),), cookie)
        for roadm, port_a, port_b in _cross_connects(plan, path)
        for here, there in ((port_a, port_b), (port_b, port_a))
    ]


def shelf_rules(
    plan: Plan, lightpath: Lightpath, cookie: int, active: Path | None = None
) -> list[Rule]:
    """Return the rules of both shelves: a client's frames onto the lightpath and off it.

    With 1+1 they go out on both paths, and what comes in on either goes to the client: the
    transponder's own selector stands before the shelf. Else `active`, by default the working path,
    carries them.
    """
    paths = lightpath.paths if lightpath.protection in ONE_PLUS_ONE else (active or lightpath,)
    rules = []
    for site in (lightpath.a.site, lightpath.b.site):
        dpid = plan.terminal_by_id[site].shelf_dpid
        client_port = lightpath.end(site).client_port
        sent: list[tuple[str, Any]] = [("push_vlan", S_TAG)]
        for path in paths:
            tagged, line_port = VLAN_PRESENT | path.vid, path.end(site).line_port
            sent += [("vlan_vid", tagged), ("output", line_port)]
            received = {"in_port": line_port, "vlan_vid": tagged}
            actions = (("pop_vlan", None), ("output", client_port))
            rules.append(Rule(dpid, LIGHTPATH_PRIORITY, received, actions, cookie))
        rules.append(Rule(dpid, LIGHTPATH_PRIORITY, {"in_port": client_port}, tuple(sent), cookie))
    return rules


def _cross_connects(plan: Plan, path: Path) -> Iterator[tuple[int, int, int]]:
    """Yield (datapath id, port towards a, port towards b) of each ROADM of the route."""
    towards_a = path.a.add_drop_port
    for node, fibre_id in zip(path.route, (*path.fibres, None), strict=True):
        dpid = plan.roadm_by_id[node].dpid
        if fibre_id is None:
            yield dpid, towards_a, path.b.add_drop_port
            return
        fibre = plan.fibre_by_id[fibre_id]
        here, there = fibre.a_port, fibre.b_port
        if fibre.a != node:
            here, there = there, here
        yield dpid, towards_a, here
        towards_a = there


def switch_rules(plan: Plan, site: Site) -> RuleSet:
    """Return the rules of a site's switch: own servers, other sites, transit, and broadcast."""
    rules = RuleSet()

    def add(priority: int, match: dict[str, Any], *actions: tuple[str, Any]) -> None:
        rules.rules.append(Rule(site.switch_dpid, priority, match, actions))

    for server in site.servers:
        add(LOCAL, {"eth_dst": server.mac}, ("output", server.port))

    rules.rules += broadcast_rules(plan, site.id, site.switch_dpid, [s.port for s in site.servers])
    for destination, hops in plan.next_hops[site.id].items():
        to = site_mac(plan.site_index[destination])
        forward = forwarding(plan, site.id, site.switch_dpid, destination, hops, rules)
        add(REMOTE, {"eth_dst": to}, forward)
        for hop in plan.handed_over[site.id][destination]:
            port = _uplink(plan, site.id, hop)
            for ethertype in ETHERTYPES:
                match = {"in_port": port, "eth_type": ethertype, "eth_dst": to}
                add(TRANSIT, match, ("dec_ttl", None), forward)
    return rules


def forwarding(
    plan: Plan, place: str, dpid: int, destination: str, hops: tuple[str, ...], rules: RuleSet
) -> tuple[str, Any]:
    """Return the action that sends packets on to a site; parallel hops are a group of `rules`."""
    ports = tuple(_uplink(plan, place, hop) for hop in hops)
    if len(ports) == 1:
        return "output", ports[0]
    group = Group(dpid, plan.site_index[destination], ports)
    rules.groups.append(group)
    return "group", group.group_id


def broadcast_rules(plan: Plan, place: str, dpid: int, servers: list[int]) -> Iterator[Rule]:
    """Yield the rules that copy broadcast and multicast to servers' ports and along the tree."""
    tree = [_uplink(plan, place, hop) for hop in plan.broadcast_tree if _ends_at(plan, place, hop)]
    members = [*servers, *tree]
    for port in members:
        others = tuple(("output", other) for other in members if other != port)
        yield Rule(dpid, MULTICAST, {"in_port": port, "eth_dst": MULTICAST_MAC}, others)


def _uplink(plan: Plan, place: str, hop_id: str) -> int:
    return plan.hop_by_id[hop_id].end(place).client_port


def _ends_at(plan: Plan, place: str, hop_id: str) -> bool:
    hop = plan.hop_by_id[hop_id]
    return place in (hop.a.site, hop.b.site)
