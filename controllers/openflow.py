"""Between the neutral rules of `apn_emu.control.rules` and OpenFlow 1.3 messages, both ways."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from apn_emu.control.batches import Message
from apn_emu.control.rules import Group, Rule

GROUP_WEIGHT = 1


def message(datapath: Any, wanted: Message) -> Any:
    """Return the OpenFlow message of one that the service wants sent."""
    ofp, parser = datapath.ofproto, datapath.ofproto_parser
    if isinstance(wanted.entry, Rule):
        rule = wanted.entry
        built = parser.OFPFlowMod(
            datapath,
            cookie=rule.cookie,
            command=ofp.OFPFC_DELETE_STRICT if wanted.command == "delete" else ofp.OFPFC_ADD,
            priority=rule.priority,
            match=parser.OFPMatch(**rule.match),
            out_port=ofp.OFPP_ANY,
            out_group=ofp.OFPG_ANY,
            instructions=[
                parser.OFPInstructionActions(
                    ofp.OFPIT_APPLY_ACTIONS, [_action(parser, *action) for action in rule.actions]
                )
            ],
        )
    elif isinstance(wanted.entry, Group):
        group = wanted.entry
        commands = {"add": ofp.OFPGC_ADD, "modify": ofp.OFPGC_MODIFY, "delete": ofp.OFPGC_DELETE}
        ports = () if wanted.command == "delete" else group.ports
        buckets = [
            parser.OFPBucket(weight=GROUP_WEIGHT, actions=[parser.OFPActionOutput(port)])
            for port in ports
        ]
        built = parser.OFPGroupMod(
            datapath, commands[wanted.command], ofp.OFPGT_SELECT, group.group_id, buckets=buckets
        )
    else:
        built = parser.OFPBarrierRequest(datapath)
    built.set_xid(wanted.xid)
    return built


def dump_requests(datapath: Any) -> list[Any]:
    """Return the requests for all groups and all flows of a switch, in the order of the answers."""
    ofp, parser = datapath.ofproto, datapath.ofproto_parser
    return [
        parser.OFPGroupDescStatsRequest(datapath, 0),
        parser.OFPFlowStatsRequest(datapath, 0, ofp.OFPTT_ALL, ofp.OFPP_ANY, ofp.OFPG_ANY),
    ]


def groups(dpid: int, body: Iterable[Any]) -> list[Group]:
    """Return the groups of an answer's body (OFPMP_GROUP_DESC)."""
    return [
        Group(dpid, each.group_id, tuple(bucket.actions[0].port for bucket in each.buckets))
        for each in body
    ]


def rules(dpid: int, body: Iterable[Any]) -> list[Rule]:
    """Return the rules of an answer's body (OFPMP_FLOW)."""
    return [
        Rule(
            dpid,
            each.priority,
            dict(each.match.items()),
            tuple(_neutral(action) for i in each.instructions for action in i.actions),
            each.cookie,
        )
        for each in body
    ]


def _action(parser: Any, name: str, argument: Any) -> Any:
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


def _neutral(action: Any) -> tuple[str, Any]:
    """Return the (name, argument) of an OpenFlow action; what we never write keeps its own name."""
    match type(action).__name__:
        case "OFPActionOutput":
            return "output", action.port
        case "OFPActionGroup":
            return "group", action.group_id
        case "OFPActionPushVlan":
            return "push_vlan", action.ethertype
        case "OFPActionPopVlan":
            return "pop_vlan", None
        case "OFPActionDecNwTtl":
            return "dec_ttl", None
        case "OFPActionSetField":
            return action.key, action.value
        case other:
            return other, None
