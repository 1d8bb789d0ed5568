"""Ryu application that lights a plan: the thin shell around `apn_emu.control`.

It translates: OpenFlow events into calls of the provisioner, its messages into OpenFlow 1.3. What
is installed when is decided there. Outcomes are written to standard output, one JSON object a line.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path
from typing import Any

import apn_emu.controllers.ryu_names  # noqa: F401  before any name of ryu
from ryu.base import app_manager
from ryu.controller import ofp_event
from ryu.controller.handler import CONFIG_DISPATCHER, MAIN_DISPATCHER, set_ev_cls
from ryu.ofproto import ofproto_v1_3

from apn_emu.control.provisioning import Message, Provisioner
from apn_emu.control.rules import Group, Rule, lightpath_rules, switch_rules
from apn_emu.planning.plan import Plan

GROUP_WEIGHT = 1


class Lightpaths(app_manager.RyuApp):  # type: ignore[misc]
    """Installs the switches' rules and every lightpath of the plan named by APN_PLAN."""

    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]  # noqa: RUF012  Ryu's own convention

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = Plan.from_json(Path(os.environ["APN_PLAN"]).read_text())
        self._datapaths: dict[int, Any] = {}
        self._provisioner = Provisioner()
        self._lock = threading.Lock()
        for site in plan.sites:
            self._provisioner.submit(f"switch {site.id}", switch_rules(plan, site))
        for lightpath in plan.lightpaths:
            self._provisioner.submit(lightpath.id, lightpath_rules(plan, lightpath))

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def switch_connected(self, event: Any) -> None:
        """A switch said hello and told its datapath id."""
        datapath = event.msg.datapath
        with self._lock:
            self._datapaths[datapath.id] = datapath
            self._send(self._provisioner.connected(datapath.id))

    @set_ev_cls(ofp_event.EventOFPBarrierReply, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def barrier_answered(self, event: Any) -> None:
        """A switch has done all that was sent to it before the barrier."""
        with self._lock:
            messages, outcomes = self._provisioner.barrier_answered(event.msg.xid)
            self._send(messages)
        for outcome in outcomes:
            report(event="job", **vars(outcome))

    @set_ev_cls(ofp_event.EventOFPErrorMsg, [CONFIG_DISPATCHER, MAIN_DISPATCHER])
    def refused(self, event: Any) -> None:
        """A switch refused a message."""
        message = event.msg
        reason = f"error type {message.type}, code {message.code} (OpenFlow 1.3.5, 7.4.4)"
        with self._lock:
            self._provisioner.refused(message.datapath.id, message.xid, reason)

    def _send(self, messages: list[Message]) -> None:
        for message in messages:
            datapath = self._datapaths[message.dpid]
            built = _openflow(datapath, message)
            built.set_xid(message.xid)
            datapath.send_msg(built)


def report(**fields: Any) -> None:
    """Write one line of what happened for the session that started this controller."""
    sys.stdout.write(json.dumps(fields) + "\n")
    sys.stdout.flush()


def _openflow(datapath: Any, message: Message) -> Any:
    """Return the OpenFlow 1.3 message of a provisioner's message."""
    ofp, parser = datapath.ofproto, datapath.ofproto_parser
    if isinstance(message.entry, Rule):
        rule = message.entry
        adding = message.command == "add"
        actions = [_action(parser, name, argument) for name, argument in rule.actions]
        return parser.OFPFlowMod(
            datapath,
            cookie=rule.cookie,
            command=ofp.OFPFC_ADD if adding else ofp.OFPFC_DELETE_STRICT,
            priority=rule.priority,
            match=parser.OFPMatch(**rule.match),
            out_port=ofp.OFPP_ANY,
            out_group=ofp.OFPG_ANY,
            instructions=[parser.OFPInstructionActions(ofp.OFPIT_APPLY_ACTIONS, actions)],
        )
    if isinstance(message.entry, Group):
        group = message.entry
        command = ofp.OFPGC_ADD if message.command == "add" else ofp.OFPGC_DELETE
        buckets = [
            parser.OFPBucket(weight=GROUP_WEIGHT, actions=[parser.OFPActionOutput(port)])
            for port in group.ports
        ]
        return parser.OFPGroupMod(
            datapath, command, ofp.OFPGT_SELECT, group.group_id, buckets=buckets
        )
    return parser.OFPBarrierRequest(datapath)


def _action(parser: Any, name: str, argument: Any) -> Any:
    """Return the OpenFlow action of a rule's (name, argument)."""
    match name:
        case "output":
            return parser.OFPActionOutput(argument)
        case "group":
            return parser.OFPActionGroup(argument)
        case "push_vlan":
            return parser.OFPActionPushVlan(argument)
        case "pop_vlan":
            return parser.OFPActionPopVlan()
        case "dec_ttl":
            return parser.OFPActionDecNwTtl()
        case _:
            return parser.OFPActionSetField(**{name: argument})
