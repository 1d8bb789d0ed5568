"""The lightpath service: requests, switches, agents and time come in; rules, orders, events go out.

Pure, in the style of aioquic: whoever owns sockets and clock calls a method with `now_ns` for all
that happens, then sends what `take_messages` and `take_orders` give, publishes `take_events`, and
calls `handle_timer` at `next_timer`. One caller at a time: a shell with several threads holds one
lock, so requests from several clients are served one after the other by one allocator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from apn_emu.control.batches import Entry, Message
from apn_emu.control.core import Core
from apn_emu.control.lifecycle import Lifecycles
from apn_emu.control.managed import Managed
from apn_emu.control.monitoring import Monitoring
from apn_emu.control.procedures import Procedure
from apn_emu.control.recovery import Recovery
from apn_emu.control.requests import (
    Alarm,
    Code,
    Event,
    LightpathRequest,
    LightpathStatus,
    Refused,
)
from apn_emu.control.synchronisation import Synchronisation
from apn_emu.control.transponders import Notification, Order
from apn_emu.control.validation import check, check_rate
from apn_emu.planning.plan import Plan

if TYPE_CHECKING:
    from apn_emu.control.resources import Resources


class LightpathService:
    """Lights the plan's lightpaths as switches connect, and serves requests from then on.

    Rules of the plan's lightpaths go to each switch in one batch when it connects first; their
    transponders are as the plan has them. All moments are in nanoseconds of one clock.
    """

    def __init__(self, plan: Plan) -> None:
        self._core = core = Core(plan)
        self._lifecycles = Lifecycles(core)
        self._recovery = Recovery(core, self._lifecycles)
        self._monitoring = Monitoring(core, self._recovery)
        core.after, core.freed = self._after, self._recovery.retry
        self._synchronisation = Synchronisation(core, self._lifecycles, self._monitoring)

    # requests

    def create(self, request: LightpathRequest, now_ns: int) -> LightpathStatus:
        """Start to set a lightpath up; return it, PLANNED, or as it is if it was asked for before.

        Raises `Refused`: then nothing was taken. Later failures come as REFUSED events.
        """
        core = self._at(now_ns)
        known = core.managed.get(request.id)
        if known is not None:
            if known.request != request or known.doomed:
                raise Refused(Code.CONFLICT, f"there is another lightpath {request.id!r}")
            return known.status()
        check(request, core.plan)
        core.check_ends((request.source, request.destination))
        lightpath = core.resources.allocate(request, core.unusable())
        managed = core.managed[request.id] = Managed(request, lightpath, core.new_cookie())
        core.emit_state(managed)
        self._start(managed, self._lifecycles.set_up(managed))
        core.procedures.run()
        return managed.status()

    def modify(self, name: str, rate_bps: int, now_ns: int) -> LightpathStatus:
        """Start to change a lightpath's rate, without interruption; raises `Refused`."""
        core = self._at(now_ns)
        managed = self._managed(name)
        if rate_bps == managed.request.rate_bps:
            return managed.status()
        if managed.busy or not managed.in_service:
            raise Refused(Code.BUSY, f"{name} is being changed")
        check_rate(rate_bps)
        for path in managed.lightpath.paths:
            core.resources.check_mode(path.mode, rate_bps)
        self._start(managed, self._lifecycles.modify(managed, rate_bps))
        core.procedures.run()
        return managed.status()

    def delete(self, name: str, now_ns: int) -> None:
        """Start to remove a lightpath, or do so when what is under way lets it.

        Asking again changes nothing. Raises `Refused` where there is none.
        """
        core = self._at(now_ns)
        managed = self._managed(name)
        if managed.doomed:
            return
        managed.doomed = True
        if not managed.busy:
            self._start(managed, self._lifecycles.remove(managed))
        core.procedures.run()

    def get(self, name: str) -> LightpathStatus:
        """Return a lightpath; raise `Refused` where there is none."""
        return self._managed(name).status()

    def list(self) -> tuple[LightpathStatus, ...]:
        """Return all lightpaths, oldest first."""
        return tuple(managed.status() for managed in self._core.managed.values())

    # switches

    def switch_connected(
        self, dpid: int, now_ns: int, installed: Iterable[Entry] | None = None
    ) -> None:
        """Bring a switch to what it should hold. Raises nothing; refusals come as events.

        `installed` are the rules and groups that it holds, as `Rule` and `Group`; None where the
        switch is new. Give them for every switch that was connected before: what is right is not
        touched, orphans are removed, nothing is there twice.
        """
        core = self._at(now_ns)
        self._synchronisation.connected(dpid, installed)
        core.procedures.run()

    def switch_lost(self, dpid: int, now_ns: int) -> None:
        """Note that a switch has no connection; it goes on with the rules that it holds."""
        core = self._at(now_ns)
        self._synchronisation.lost(dpid)
        core.procedures.run()

    def barrier_answered(self, dpid: int, xid: int, now_ns: int) -> None:
        """Note that a switch has done all before a barrier."""
        core = self._at(now_ns)
        core.switches.barrier_answered(dpid, xid)
        core.procedures.run()
        core.send_refused_later()

    def refused(self, dpid: int, xid: int, reason: str, now_ns: int) -> None:
        """Note that a switch refused the message `xid`: `reason` says why."""
        self._at(now_ns).switches.refused(dpid, xid, reason)

    def missing(self) -> tuple[int, ...]:
        """Return the switches that should hold something and have no connection, sorted."""
        switches = self._core.switches
        return tuple(dpid for dpid in switches.dpids if not switches.is_connected(dpid))

    # transponders

    def agents_connected(self, now_ns: int) -> None:
        """Note that the transponders' agents can be given orders."""
        self._at(now_ns).agents.connected()

    def agents_lost(self, now_ns: int) -> None:
        """Note that they cannot; what was ordered has failed."""
        core = self._at(now_ns)
        core.agents.lost()
        core.procedures.run()

    def notified(self, notification: Notification, now_ns: int) -> None:
        """Take what an agent or a ROADM says."""
        core = self._at(now_ns)
        self._monitoring.take(notification)
        core.procedures.run()

    # time, and what comes out

    def next_timer(self) -> int | None:
        """Return when `handle_timer` is due, None when nothing is under way."""
        return self._core.procedures.next_timer()

    def handle_timer(self, now_ns: int) -> None:
        """Do what is due."""
        self._at(now_ns).procedures.run()

    def take_messages(self) -> Sequence[Message]:
        """Return the OpenFlow messages to send, in order, and forget them."""
        return self._core.switches.take_messages()

    def take_orders(self) -> Sequence[Order]:
        """Return the orders to send to the agents, in order, and forget them."""
        return self._core.agents.take_orders()

    def take_events(self) -> Sequence[Event]:
        """Return what happened since it was asked last, and forget it."""
        events, self._core.events = self._core.events, []
        return events

    @property
    def alarms(self) -> tuple[Alarm, ...]:
        """All active alarms, oldest first."""
        return self._core.alarms.active

    @property
    def plan(self) -> Plan:
        """The plan with the lightpaths that are in service now, and how packets go over them."""
        return self._core.plan

    @property
    def resources(self) -> Resources:
        """Spectrum, transponders and quality of transmission as they are now."""
        return self._core.resources

    def wanted(self, dpid: int) -> tuple[Entry, ...]:
        """Return the rules and groups that a switch should hold."""
        return self._core.switches.wanted(dpid)

    # inside

    def _at(self, now_ns: int) -> Core:
        self._core.procedures.now_ns = now_ns
        return self._core

    def _managed(self, name: str) -> Managed:
        try:
            return self._core.managed[name]
        except KeyError:
            raise Refused(Code.NOT_FOUND, f"there is no lightpath {name!r}") from None

    def _start(self, managed: Managed, procedure: Procedure) -> None:
        managed.busy = True
        self._core.procedures.start(procedure)

    def _after(self, managed: Managed) -> None:
        if managed.doomed:
            self._start(managed, self._lifecycles.remove(managed))
        else:
            self._recovery.consider(managed)
