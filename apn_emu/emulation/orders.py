"""What the controller orders the transponders to do."""

from __future__ import annotations

from collections.abc import Callable

from apn_emu.control.transponders import (
    Adjust,
    Disable,
    Done,
    Enable,
    Order,
    Protect,
    Tune,
    Unprotect,
)
from apn_emu.emulation.netlink import talk
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.ports import Queue
from apn_emu.emulation.timeline import Activity, Timeline
from apn_emu.emulation.transponders import Transponders
from apn_emu.planning.plan import Path, Plan


class Orders:
    """Carries orders out and tells when they are done."""

    def __init__(
        self,
        plan: Plan,
        net: ApnNet,
        timeline: Timeline,
        transponders: Transponders,
        tell: Callable[[Done], None],
    ) -> None:
        self._plan, self._net, self._timeline = plan, net, timeline
        self._transponders, self._tell = transponders, tell
        self._tuned = {path.id: path for path in plan.paths}
        self._queues = {
            (end.site, end.line_port): (path.rate_bps, lightpath.queue_bytes)
            for lightpath in plan.lightpaths
            for path in lightpath.paths
            for end in path.ends
        }

    def obey(self, order: Order) -> None:
        """Begin to carry an order out."""
        try:
            self._begin(order)
        except KeyError as error:
            self._tell(Done(order.order, f"there is no path {error.args[0]!r} here"))
            return
        if isinstance(order, Tune):
            self._timeline.add(self._tuning(order), background=True)
        else:
            self._tell(Done(order.order))

    def _begin(self, order: Order) -> None:
        transponders, tuned = self._transponders, self._tuned
        match order:
            case Tune():
                self._release(order.path)
                tuned[order.path.id] = order.path
                self._set_queues(order.path, order.queue_bytes)
            case Enable():
                transponders.enable(tuned[order.path])
            case Disable():
                transponders.disable(order.path)
                tuned.pop(order.path, None)
            case Adjust():
                transponders.adjust(order.path)
                tuned[order.path.id] = order.path
                self._set_queues(order.path, order.queue_bytes)
            case Protect():
                pair = tuned[order.working], tuned[order.protecting]
                transponders.protect(order.lightpath, *pair)
            case Unprotect():
                transponders.unprotect(order.lightpath)

    def _release(self, path: Path) -> None:
        """End what the line ports of a path held before."""
        ports = {(end.site, end.line_port) for end in path.ends}
        for other in list(self._tuned.values()):
            if ports & {(end.site, end.line_port) for end in other.ends}:
                self._transponders.disable(other.id)
                del self._tuned[other.id]

    def _tuning(self, order: Tune) -> Activity:
        yield self._timeline.sleep(self._plan.control.tuning_ns / 1e9)
        self._tell(Done(order.order))

    def _set_queues(self, path: Path, queue_bytes: int) -> None:
        """Give the transmitters of both ends the path's rate and a queue, where they change."""
        wanted = (path.rate_bps, queue_bytes)
        mtu = max(self._plan.terminal_by_id[end.site].mtu for end in path.ends)
        changes = []
        for end in path.ends:
            place = (end.site, end.line_port)
            if self._queues.get(place) != wanted:
                self._queues[place] = wanted
                device = self._net.device(f"apnt-{end.site}", end.line_port)
                changes.append(Queue(*wanted, mtu).shaper(device, flags=0))
        talk(changes)
