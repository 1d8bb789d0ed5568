"""Who controls a session: one controller, or one for each domain and a parent above them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from apn_emu.control.domains import Operator, operators
from apn_emu.emulation.agents import AgentSession
from apn_emu.emulation.controller import Controller, ControllerProcess, ParentController
from apn_emu.emulation.faults import Faults
from apn_emu.emulation.network import ApnNet
from apn_emu.emulation.orders import Orders
from apn_emu.emulation.timeline import Timeline
from apn_emu.emulation.transponders import Transponders
from apn_emu.planning.plan import Plan


class ControlPlane:
    """All controllers of a plan; starting them is their only cost until `wait_until_lit`."""

    def __init__(
        self, plan: Plan, plan_file: Path, openvswitch: Path, private: Path, folder: Path
    ) -> None:
        self._plan, self._private, self._folder = plan, private, folder
        self.operators = operators(plan)
        self._controllers: list[Controller] = []
        for operator in self.operators:
            view_file, log = plan_file, folder / "controller.log"
            if operator.name:
                view_file = private / f"view-{operator.name}.json"
                view_file.write_text(operator.view.to_json())
                log = folder / f"controller-{operator.name}.log"
            self._controllers.append(Controller(operator, view_file, openvswitch, log))
        self._parents: list[ParentController] = []

    @property
    def _processes(self) -> list[ControllerProcess]:
        return [*self._parents, *self._controllers]

    def wait_until_lit(self, report: Callable[[int, int], None]) -> None:
        """Wait until every domain has lit what the plan lights there, and the parent serves.

        `report(lit, all)` follows the lightpaths. Raises `EmulationError`.
        """
        lit, total = 0, len(self._plan.lightpaths)
        for controller in self._controllers:
            controller.wait_until_lit(lambda n, of, before=lit: report(before + n, total))
            lit += len(controller.plan.lightpaths)
        if self._plan.domains:
            log = self._folder / "controller.log"
            parent = ParentController(self._plan, self.operators, self._private, log)
            self._parents.append(parent)
            parent.wait_until_ready()

    def follow(self, timeline: Timeline) -> None:
        """Keep what all of them tell."""
        for process in self._processes:
            timeline.add(process.follow(), background=True)

    def events_since(self, origin_ns: int) -> list[dict[str, Any]]:
        """Return what they have told, by time, in seconds from a moment of the monotonic clock."""
        told = [event for process in self._processes for event in process.events_since(origin_ns)]
        return sorted(told, key=lambda event: event["at_s"])

    def stop(self) -> None:
        """End the processes."""
        for process in self._processes:
            process.stop()


class Equipment:
    """An operator's transponders with their agents, and what can break in its domain."""

    def __init__(self, operator: Operator, net: ApnNet, timeline: Timeline) -> None:
        plan = operator.view
        self._agents = AgentSession(("127.0.0.1", operator.agents_port))
        transponders = Transponders(plan, net, timeline, self._agents.tell)
        transponders.start()
        orders = Orders(plan, net, timeline, transponders, self._agents.tell)
        timeline.add(self._agents.run(orders), background=True)
        self.faults = Faults(plan, net, timeline, transponders)

    def close(self) -> None:
        """End the agents' session with the controller."""
        self._agents.close()
