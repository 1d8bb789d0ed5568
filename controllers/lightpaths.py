"""Ryu application that lights a plan: the thin shell around `apn_emu.control.service`.

It translates: OpenFlow events into calls of the service, its messages into OpenFlow 1.3. What is
installed when is decided there. Events are written to standard output, one JSON object a line.
"""

from __future__ import annotations

import itertools
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apn_emu.controllers.ryu_names  # noqa: F401  before any name of ryu
from apn_emu.controllers import openflow
from apn_emu.controllers.datapaths import asking, notice_silence
from apn_emu.controllers.shell import Shell
from ryu import cfg
from ryu.base import app_manager
from ryu.controller import ofp_event
from ryu.controller.handler import (
    CONFIG_DISPATCHER,
    DEAD_DISPATCHER,
    MAIN_DISPATCHER,
    set_ev_cls,
)
from ryu.lib import hub
from ryu.ofproto import ofproto_v1_3

from apn_emu.control.batches import Entry, Message
from apn_emu.planning.plan import Plan

DUMP_XID = 1 << 31
"""First transaction id of the dumps; the service's own are below."""

UP = [CONFIG_DISPATCHER, MAIN_DISPATCHER]


@dataclass
class _Dump:
    """What a switch that has connected says that it holds; flows are the last to come."""

    datapath: Any
    xids: tuple[int, ...]
    entries: list[Entry] = field(default_factory=list)


class Lightpaths(app_manager.RyuApp):  # type: ignore[misc]
    """Lights the plan named by APN_PLAN; serves REST and the agents where APN_REST and APN_AGENTS
    (HOST:PORT) say so. APN_OPENVSWITCH names the folder of an Open vSwitch on this machine."""

    OFP_VERSIONS = [ofproto_v1_3.OFP_VERSION]  # noqa: RUF012  Ryu's own convention

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plan = Plan.from_json(Path(os.environ["APN_PLAN"]).read_text())
        notice_silence(cfg.CONF, plan.control.keep_alive_ns / 1e9)
        self._shell = Shell(plan)
        self._shell.send_message = self._send
        self._management_delay_ns = plan.control.management_delay_ns
        self._known = plan.dpids
        self._datapaths: dict[int, Any] = {}
        self._dumps: dict[int, _Dump] = {}
        self._xids = itertools.cycle(range(DUMP_XID, 2 * DUMP_XID))

    def start(self) -> None:
        """Start the threads beside Ryu's own."""
        super().start()
        hub.spawn(self._shell.run_timers)
        if "APN_OPENVSWITCH" in os.environ:
            from apn_emu.controllers.renewal import Renewal

            renewal = Renewal(Path(os.environ["APN_OPENVSWITCH"]), self._management_delay_ns)
            self._shell.messages_sent = renewal.rules_sent
            hub.spawn(renewal.run)
        if "APN_AGENTS" in os.environ:
            from apn_emu.controllers.agents import AgentSession

            agents = AgentSession(self._shell, _address(os.environ["APN_AGENTS"]))
            hub.spawn(agents.serve_forever)
        else:
            asking.set()
        if "APN_REST" in os.environ:
            from apn_emu.controllers.north import North

            server = North(self._shell).server(_address(os.environ["APN_REST"]))
            hub.spawn(server.serve_forever)

    @set_ev_cls(ofp_event.EventOFPSwitchFeatures, CONFIG_DISPATCHER)
    def switch_connected(self, event: Any) -> None:
        """A switch said hello and told its datapath id: ask what it holds."""
        datapath = event.msg.datapath
        if datapath.id not in self._known:
            self.logger.warning("%s: no switch %#x here", datapath.address, datapath.id)
            datapath.close()
            return
        requests = openflow.dump_requests(datapath)
        dump = _Dump(datapath, tuple(next(self._xids) for _ in requests))
        with self._shell.changed:
            self._dumps[datapath.id] = dump
        for request, xid in zip(requests, dump.xids, strict=True):
            request.set_xid(xid)
            datapath.send_msg(request)

    @set_ev_cls(ofp_event.EventOFPGroupDescStatsReply, UP)
    def groups_dumped(self, event: Any) -> None:
        """A switch told some of its groups."""
        self._dumped(event.msg, openflow.groups)

    @set_ev_cls(ofp_event.EventOFPFlowStatsReply, UP)
    def flows_dumped(self, event: Any) -> None:
        """A switch told some of its flows; with the last ones it is ready to be used."""
        self._dumped(event.msg, openflow.rules)

    def _dumped(self, message: Any, entries: Any) -> None:
        datapath = message.datapath
        with self._shell.entered() as now_ns:
            dump = self._dumps.get(datapath.id)
            if dump is None or dump.datapath is not datapath or message.xid not in dump.xids:
                return
            dump.entries += entries(datapath.id, message.body)
            more = message.flags & datapath.ofproto.OFPMPF_REPLY_MORE
            if more or message.xid != dump.xids[-1]:
                return
            del self._dumps[datapath.id]
            before = self._datapaths.get(datapath.id)
            if before is not None:  # it came again before its loss was noticed
                self._shell.service.switch_lost(datapath.id, now_ns)
                before.close()
            self._datapaths[datapath.id] = datapath
            self._shell.service.switch_connected(datapath.id, now_ns, dump.entries)

    @set_ev_cls(ofp_event.EventOFPStateChange, DEAD_DISPATCHER)
    def switch_lost(self, event: Any) -> None:
        """A connection ended, or its peer did not answer within the keep-alive time."""
        datapath = event.datapath
        with self._shell.entered() as now_ns:
            if self._datapaths.get(datapath.id) is datapath:
                del self._datapaths[datapath.id]
                self._shell.service.switch_lost(datapath.id, now_ns)

    @set_ev_cls(ofp_event.EventOFPBarrierReply, UP)
    def barrier_answered(self, event: Any) -> None:
        """A switch has done all that was sent to it before the barrier."""
        message = event.msg
        with self._shell.entered() as now_ns:
            if self._datapaths.get(message.datapath.id) is message.datapath:
                self._shell.service.barrier_answered(message.datapath.id, message.xid, now_ns)

    @set_ev_cls(ofp_event.EventOFPErrorMsg, UP)
    def refused(self, event: Any) -> None:
        """A switch refused a message."""
        message = event.msg
        reason = f"error type {message.type}, code {message.code} (OpenFlow 1.3.5, 7.4.4)"
        with self._shell.entered() as now_ns:
            if self._datapaths.get(message.datapath.id) is message.datapath:
                self._shell.service.refused(message.datapath.id, message.xid, reason, now_ns)

    def _send(self, message: Message) -> None:
        datapath = self._datapaths.get(message.dpid)
        if datapath is not None:
            datapath.send_msg(openflow.message(datapath, message))


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    return host, int(port)
