"""The baselines of a scenario, each a plan of its own. Pure."""

from __future__ import annotations

from apn_emu.network.model import Network
from apn_emu.planning.packet_network import PacketNetwork, packet_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.baselines import Baseline
from apn_emu.scenario.schema import Scenario


def baseline_plans(scenario: Scenario, network: Network, plan: Plan) -> dict[str, Plan]:
    """Return the plan of each baseline by its name; `plan` is the one with lightpaths."""
    return {
        baseline.name: packet_plan(plan, network, _packet_network(baseline), baseline.name)
        for baseline in scenario.baselines
    }


def _packet_network(baseline: Baseline) -> PacketNetwork:
    return PacketNetwork(
        topology=baseline.topology,
        rate_bps=None if baseline.rate_bps is None else round(baseline.rate_bps),
        queue_s=baseline.queue_time_s,
        queue_bytes=baseline.queue_byte,
        ecn_bytes=baseline.ecn_threshold_byte or 0,
        router_latency_ns=round(baseline.router_latency_s * 1e9),
        line_latency_ns=round(baseline.line_latency_s * 1e9),
        detour=baseline.detour,
        rtt_ns=None if baseline.rtt_s is None else round(baseline.rtt_s * 1e9),
        oversubscription=baseline.oversubscription,
        hub=baseline.hub,
        mtu=baseline.mtu,
        cross_load=baseline.cross_load,
        cross_packet_bytes=baseline.cross_packet_byte,
        cross_burst_packets=baseline.cross_burst,
    )
