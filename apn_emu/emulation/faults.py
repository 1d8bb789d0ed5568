"""Events of the plan as they happen to the emulated network: fibres, nodes and extra loss."""

from __future__ import annotations

from typing import Any

from apn_emu.control.light import Direction, travel_ns
from apn_emu.emulation import netem
from apn_emu.emulation.interfaces import set_up
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.timeline import Activity, At, Timeline
from apn_emu.emulation.transponders import Transponders
from apn_emu.planning.plan import Plan

REPAIR = "repair"


class Faults:
    """Breaks and mends a domain's network; the transponders learn of it as light does."""

    def __init__(
        self, plan: Plan, net: ApnNet, timeline: Timeline, transponders: Transponders
    ) -> None:
        self._plan, self._net, self._timeline = plan, net, timeline
        self._transponders = transponders

    def play(self, event: dict[str, Any]) -> None:
        """Let an event happen at its time, here only; what is past begins at once."""
        at_ns = round(event["at_s"] * 1e9)
        works = event["kind"] == REPAIR
        own = self._plan.fibre_by_id
        for fibre_id, source, metres in (stop for stop in event["fibres"] if stop[0] in own):
            before_ns = travel_ns(own[fibre_id], metres)
            activity = self._change_fibre((fibre_id, source), works, at_ns - before_ns)
            self._timeline.add(activity, background=True)
        for node in (node for node in event["nodes"] if node in self._plan.roadm_by_id):
            self._timeline.add(self._change_node(node, works, at_ns), background=True)
        if event["degraded"]:
            self._timeline.add(self._change_loss(event, at_ns), background=True)

    def _change_fibre(self, direction: Direction, works: bool, at_ns: int) -> Activity:
        """What enters the fibre from `at_ns` on is lost, or passes; what is inside arrives."""
        late_ns = self._timeline.now_ns - at_ns
        yield At(at_ns / 1e9)
        entered_ns = at_ns + max(0, late_ns)
        if self._transponders.direction_changed(direction, works, entered_ns):
            fibre_id, source = direction
            fibre = self._plan.fibre_by_id[fibre_id]
            port = fibre.a_port if source == fibre.a else fibre.b_port
            device = self._net.device(f"roadm-{source}", port)
            netem.change([(device, netem.Netem(fibre.delay_ns, loss=0.0 if works else 1.0))])

    def _change_node(self, node: str, works: bool, at_ns: int) -> Activity:
        """The servers' links go down, or come up; the fibres around have events of their own."""
        yield At(at_ns / 1e9)
        if self._transponders.node_changed(node, works) and node in self._plan.site_by_id:
            for server in self._plan.site_by_id[node].servers:
                set_up(self._net.device(f"dc-{node}", server.port), works)

    def _change_loss(self, event: dict[str, Any], at_ns: int) -> Activity:
        yield At(at_ns / 1e9)
        self._transponders.loss_changed(event)
