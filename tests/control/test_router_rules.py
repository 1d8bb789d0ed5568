"""Rules of routers: towards every site, TTL, broadcast, and where cross traffic goes."""

from apn_emu.control.router_rules import router_rules
from apn_emu.planning.addresses import site_mac
from apn_emu.planning.packets import GENERATOR_PORT
from tests.planning.test_packet_network import SITES, plans


def test_a_router_knows_every_site_and_counts_the_ttl_down() -> None:
    plan = plans("ip-vpn")["ip-vpn"]
    for router in plan.routers:
        rules = router_rules(plan, router)
        known = {rule.match["eth_dst"] for rule in rules.rules if "eth_type" in rule.match}
        assert known == {site_mac(plan.site_by_id[site].index) for site in SITES}
        for rule in rules.rules:
            if "eth_type" in rule.match:
                assert rule.actions[0] == ("dec_ttl", None)
        assert {rule.dpid for rule in (*rules.groups, *rules.rules)} == {router.dpid}


def test_cross_traffic_enters_one_router_and_is_unknown_to_the_next() -> None:
    plan = plans("ip-vpn")["ip-vpn"]
    entered = {
        rule.match["eth_dst"]: (router.id, rule.actions)
        for router in plan.routers
        for rule in router_rules(plan, router).rules
        if rule.match.get("in_port") == GENERATOR_PORT
    }
    assert len(entered) == len(plan.cross_traffic)
    for traffic in plan.cross_traffic:
        router, actions = entered[traffic.mac]
        assert router == traffic.router
        port = plan.hop_by_id[traffic.link].end(router).client_port
        assert actions == (("output", port),)


def test_broadcast_leaves_a_router_by_every_other_link_of_the_tree() -> None:
    plan = plans("single-site")["single-site"]
    (spine,) = plan.routers
    copies = [r for r in router_rules(plan, spine).rules if isinstance(r.match["eth_dst"], tuple)]
    flooding = [rule for rule in copies if "in_port" in rule.match]
    assert len(flooding) == len(SITES)
    assert all(len(rule.actions) == len(SITES) - 1 for rule in flooding)
