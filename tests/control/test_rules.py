"""Frames followed through the rules of a plan, from port to port, as the switches would."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest

from apn_emu.control.rules import Group, Rule, switch_rules
from apn_emu.control.service import LightpathService
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of

Port = tuple[int, int]
BROADCAST = "ff:ff:ff:ff:ff:ff"


@dataclass(frozen=True)
class Frame:
    """What rules look at; `ttl` counts what transit takes off."""

    eth_dst: str
    eth_type: int = 0x0800
    vlan_vid: int | None = None
    ttl: int = 64


def ring(nodes: int = 5, count: int = 1) -> Plan:
    """Return the plan of a ring whose sites are joined to their neighbours only."""
    names = [f"n{number}" for number in range(nodes)]
    joined = zip(names, [*names[1:], names[0]], strict=True)
    data = {
        "name": "ring",
        "network": {
            "nodes": [{"id": name} for name in names],
            "links": [{"a": a, "b": b, "km": 10 + 7 * i} for i, (a, b) in enumerate(joined)],
        },
        "sites": dict.fromkeys(names, 2),
        "lightpaths": [{"mesh": "neighbours", "rate": "100G", "count": count}],
    }
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario))


def metro() -> Plan:
    """Return a full mesh over the shipped metro network, with routes of two hops."""
    sites = dict.fromkeys(("tokyo", "omiya", "chiba", "yokohama", "hachioji"), 2)
    data = {
        "name": "metro",
        "network": "tokyo-metro",
        "sites": sites,
        "lightpaths": [{"mesh": "full", "rate": "100G"}],
    }
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario))


def protected(protection: str) -> Plan:
    """Return the plan of a ring with one protected lightpath, on different channels."""
    names = [f"n{number}" for number in range(4)]
    joined = zip(names, [*names[1:], names[0]], strict=True)
    data = {
        "name": "protected",
        "network": {
            "nodes": [{"id": name} for name in names],
            "links": [{"a": a, "b": b, "km": 10 + 7 * i} for i, (a, b) in enumerate(joined)],
        },
        "sites": dict.fromkeys(("n0", "n2"), 1),
        "lightpaths": [{"from": "n0", "to": "n2", "rate": "100G", "protection": protection}],
    }
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario))


class Walk:
    """The wires of a plan and the rules of its controller."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        service = LightpathService(plan)
        entries = [entry for dpid in service.missing() for entry in service.wanted(dpid)]
        self.rules = [entry for entry in entries if isinstance(entry, Rule)]
        self.groups = {(g.dpid, g.group_id): g.ports for g in entries if isinstance(g, Group)}
        self.wires: dict[Port, Port] = {}
        self.server_at: dict[Port, str] = {}
        for fibre in plan.fibres:
            a, b = plan.roadm_by_id[fibre.a], plan.roadm_by_id[fibre.b]
            self._join((a.dpid, fibre.a_port), (b.dpid, fibre.b_port))
        for lightpath in plan.lightpaths:
            for end in (lightpath.a, lightpath.b):
                site = plan.site_by_id[end.site]
                self._join((site.switch_dpid, end.client_port), (site.shelf_dpid, end.client_port))
        for path in plan.paths:
            for end in path.ends:
                site, roadm = plan.site_by_id[end.site], plan.roadm_by_id[end.site]
                self._join((site.shelf_dpid, end.line_port), (roadm.dpid, end.add_drop_port))
        for site in plan.sites:
            for server in site.servers:
                self.server_at[site.switch_dpid, server.port] = server.name

    def _join(self, one: Port, other: Port) -> None:
        assert one not in self.wires
        assert other not in self.wires
        self.wires[one], self.wires[other] = other, one

    def leave(self, dpid: int, in_port: int, frame: Frame) -> list[tuple[int, Frame]]:
        """Return the ports by which a frame leaves a switch; a group sends to all of its ports."""
        found = [
            rule for rule in self.rules if rule.dpid == dpid and fits(rule.match, in_port, frame)
        ]
        if not found:
            return []
        best = max(rule.priority for rule in found)
        (rule,) = [rule for rule in found if rule.priority == best]
        out = []
        for action, argument in rule.actions:
            if action == "push_vlan":
                frame = replace(frame, eth_type=argument, vlan_vid=0x1000)
            elif action == "vlan_vid":
                assert frame.vlan_vid is not None
                frame = replace(frame, vlan_vid=argument)
            elif action == "pop_vlan":
                frame = replace(frame, eth_type=0x0800, vlan_vid=None)
            elif action == "dec_ttl":
                frame = replace(frame, ttl=frame.ttl - 1)
            elif action == "group":
                out += [(port, frame) for port in self.groups[dpid, argument]]
            else:
                assert action == "output"
                assert argument != in_port  # a switch drops what it would send back
                out.append((argument, frame))
        return out

    def arrivals(self, dpid: int, in_port: int, frame: Frame) -> list[tuple[str, Frame]]:
        """Return the servers that get a frame, and how it looks there."""
        todo, arrived = [((dpid, in_port), frame)], []
        for _ in range(10_000):
            if not todo:
                return arrived
            (at, port), current = todo.pop()
            for out_port, sent in self.leave(at, port, current):
                if (at, out_port) in self.server_at:
                    arrived.append((self.server_at[at, out_port], sent))
                else:
                    todo.append((self.wires[at, out_port], sent))
        raise AssertionError("the frame loops")


def fits(match: dict[str, Any], in_port: int, frame: Frame) -> bool:
    seen = {"in_port": in_port, "eth_type": frame.eth_type, "vlan_vid": frame.vlan_vid}
    for key, wanted in match.items():
        if key != "eth_dst":
            if seen[key] != wanted:
                return False
            continue
        value, mask = wanted if isinstance(wanted, tuple) else (wanted, BROADCAST)
        if (number(frame.eth_dst) ^ number(value)) & number(mask):
            return False
    return True


def number(mac: str) -> int:
    return int(mac.replace(":", ""), 16)


@pytest.mark.parametrize("plan", [metro(), ring(), ring(count=3)], ids=["metro", "ring", "ecmp"])
def test_a_frame_crosses_every_lightpath_both_ways(plan: Plan) -> None:
    walk = Walk(plan)
    for lightpath in plan.lightpaths:
        for end, route in ((lightpath.a, lightpath.route), (lightpath.b, lightpath.route[::-1])):
            far = lightpath.far_end(end.site)
            at: Port = (plan.site_by_id[end.site].shelf_dpid, end.client_port)
            frame, passed = Frame(BROADCAST), []
            goal = (plan.site_by_id[far.site].switch_dpid, far.client_port)
            while at != goal:
                ((out_port, frame),) = walk.leave(*at, frame)
                at = walk.wires[at[0], out_port]
                passed.append(at[0])
            roadms = [plan.roadm_by_id[node].dpid for node in route]
            assert passed[:-2] == roadms
            assert frame == Frame(BROADCAST)


def test_light_of_another_channel_is_dropped() -> None:
    plan = metro()
    walk = Walk(plan)
    lightpath = plan.lightpath_by_id["chiba-hachioji"]
    roadm = plan.roadm_by_id[lightpath.route[1]]
    fibre = plan.fibre_by_id[lightpath.fibres[0]]
    in_port = fibre.a_port if fibre.a == lightpath.route[1] else fibre.b_port
    lit = Frame(BROADCAST, vlan_vid=0x1000 | lightpath.vid)
    assert len(walk.leave(roadm.dpid, in_port, lit)) == 1
    assert not walk.leave(roadm.dpid, in_port, replace(lit, vlan_vid=0x1000 | 4000))
    assert not walk.leave(roadm.dpid, in_port, replace(lit, vlan_vid=None))


@pytest.mark.parametrize("plan", [metro(), ring(), ring(count=2)], ids=["metro", "ring", "ecmp"])
def test_broadcast_reaches_every_other_server_once(plan: Plan) -> None:
    walk = Walk(plan)
    for server in plan.servers.values():
        start = (plan.site_by_id[server.site].switch_dpid, server.port)
        got = Counter(name for name, _ in walk.arrivals(*start, Frame(BROADCAST)))
        assert got == Counter(name for name in plan.servers if name != server.name)


@pytest.mark.parametrize("plan", [metro(), ring()], ids=["metro", "ring"])
def test_unicast_reaches_its_server_and_transit_costs_a_hop(plan: Plan) -> None:
    walk = Walk(plan)
    for source in plan.servers.values():
        for destination in plan.servers.values():
            if source == destination:
                continue
            start = (plan.site_by_id[source.site].switch_dpid, source.port)
            ((name, frame),) = walk.arrivals(*start, Frame(destination.mac))
            assert name == destination.name
            hops = len(plan.path(source.site, destination.site))
            assert frame.ttl == 64 - max(hops - 1, 0)


def test_ring_has_transit() -> None:
    plan = ring()
    assert max(len(plan.path(a.id, b.id)) for a in plan.sites for b in plan.sites) == 3


def test_parallel_lightpaths_share_by_group() -> None:
    plan = ring(nodes=4, count=3)
    rules = switch_rules(plan, plan.sites[0])
    assert {len(group.ports) for group in rules.groups} == {3}
    used = {a for rule in rules.rules for name, a in rule.actions if name == "group"}
    assert used == {group.group_id for group in rules.groups}


def test_cookies_tell_lightpaths_apart() -> None:
    plan = metro()
    cookies = {rule.cookie for rule in Walk(plan).rules if rule.cookie}
    assert cookies == set(range(1, len(plan.lightpaths) + 1))


@pytest.mark.parametrize(("protection", "copies"), [("1+1", 2), ("1:1", 1)])
def test_a_protected_lightpath_sends_on_both_paths_or_on_one(protection: str, copies: int) -> None:
    plan = protected(protection)
    walk = Walk(plan)
    (lightpath,) = plan.lightpaths
    for end, reverse in ((lightpath.a, False), (lightpath.b, True)):
        far = lightpath.far_end(end.site)
        goal = (plan.site_by_id[far.site].shelf_dpid, far.client_port)
        shelf = plan.site_by_id[end.site].shelf_dpid
        sent = walk.leave(shelf, end.client_port, Frame(BROADCAST))
        assert len(sent) == copies
        for (out_port, frame), path in zip(sent, lightpath.paths, strict=False):
            at, passed = walk.wires[shelf, out_port], []
            while at[0] != goal[0]:
                passed.append(at[0])
                ((out_port, frame),) = walk.leave(*at, frame)
                at = walk.wires[at[0], out_port]
            route = path.route[::-1] if reverse else path.route
            assert passed == [plan.roadm_by_id[node].dpid for node in route]
            assert walk.leave(*at, frame) == [(goal[1], Frame(BROADCAST))]


def test_the_standby_path_of_one_to_one_is_cross_connected() -> None:
    (lightpath,) = (plan := protected("1:1")).lightpaths
    assert lightpath.protecting is not None
    tagged = 0x1000 | lightpath.protecting.vid
    crossed = {rule.dpid for rule in Walk(plan).rules if rule.match.get("vlan_vid") == tagged}
    assert crossed >= {plan.roadm_by_id[node].dpid for node in lightpath.protecting.route}
