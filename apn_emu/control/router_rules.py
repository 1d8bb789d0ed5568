"""OpenFlow 1.3 rules of a router: towards each site, broadcast, and cross traffic."""

from __future__ import annotations

from apn_emu.control.rules import (
    ETHERTYPES,
    LOCAL,
    TRANSIT,
    Rule,
    RuleSet,
    broadcast_rules,
    forwarding,
)
from apn_emu.planning.addresses import site_mac
from apn_emu.planning.packets import GENERATOR_PORT, Router
from apn_emu.planning.plan import Plan


def router_rules(plan: Plan, router: Router) -> RuleSet:
    """Return the rules of a router. It forwards by site and counts the TTL down (RFC 1812, 5.3.1).

    Cross traffic enters at the router's generator port and is put on its link; at the far end no
    rule knows it: there it is dropped, as if it had gone elsewhere.
    """
    rules = RuleSet()
    rules.rules += broadcast_rules(plan, router.id, router.dpid, [])
    for destination, hops in plan.next_hops[router.id].items():
        forward = forwarding(plan, router.id, router.dpid, destination, hops, rules)
        to = site_mac(plan.site_by_id[destination].index)
        for ethertype in ETHERTYPES:
            match = {"eth_type": ethertype, "eth_dst": to}
            rules.rules.append(Rule(router.dpid, TRANSIT, match, (("dec_ttl", None), forward)))
    for traffic in plan.cross_traffic:
        if traffic.router == router.id:
            port = plan.hop_by_id[traffic.link].end(router.id).client_port
            match = {"in_port": GENERATOR_PORT, "eth_dst": traffic.mac}
            rules.rules.append(Rule(router.dpid, LOCAL, match, (("output", port),)))
    return rules
