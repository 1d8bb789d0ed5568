"""A lightpath on demand: asked for over REST by a server, as any client would."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from apn_emu.emulation.management import CONTROLLER_IPV4
from apn_emu.emulation.timeline import Activity
from apn_emu.measuring.connections import ended
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.kinds import load
from apn_emu.measuring.workload import Workload, parameter
from apn_emu.planning.plan import REST_PORT
from apn_emu.results.metric import COUNT, Metric
from apn_emu.units import DURATION

if TYPE_CHECKING:
    from apn_emu.planning.plan import Plan
    from apn_emu.scenario.vocabulary import Protection, Rate, Server, SiteName

WAIT_S = 3600.0
SETTLING_S = 10e-3
"""Open vSwitch looks again at what it has decided for a flow at most every 5 ms, so one that was
dropped in the dark may be dropped that much longer."""


class OnDemand(Workload):
    """A lightpath created or deleted over the controller's REST interface, by a server."""

    action: Literal["create", "delete"] = parameter(
        "`create`, or `delete` one that was created before.", key="lightpath"
    )
    id: str = parameter("Name of the lightpath.", pattern=r"^[A-Za-z0-9][A-Za-z0-9._#:-]{0,127}$")
    source: SiteName | None = parameter("Site; for `create`.", None, key="from")
    destination: SiteName | None = parameter("Site; for `create`.", None, key="to")
    rate_bps: Rate = parameter("Rate that the client gets.", 100e9)
    protection: Protection = parameter("As for planned lightpaths.", "none")
    on: Server | None = parameter("Server that asks; else the first one of the scenario.", None)
    may_be_refused: bool = parameter(
        "Whether a refusal is a measurement (`blocked`) and no failure of the run.", False
    )

    metrics: ClassVar = {
        "blocked": Metric(
            COUNT,
            "1 if the controller refused a lightpath, else 0",
            japanese="コントローラが光パスを拒否すれば 1、でなければ 0",
        ),
        "setup_time": Metric(
            DURATION,
            "from asking for a lightpath until it is enabled, as the client sees it",
            japanese="光パスの要求から、クライアントから見て使えるようになるまで",
        ),
        "teardown_time": Metric(
            DURATION,
            "from asking to delete a lightpath until it is gone",
            japanese="光パスの削除要求からなくなるまで",
        ),
    }

    asks_controller = True

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Compare the parameters with the action."""
        if self.action == "create" and None in (self.source, self.destination):
            yield "a lightpath is created between two sites", "give from and to"
        if self.duration_s is not None or self.warm_up_s:
            yield "a lightpath stays until it is deleted", "leave out duration and warm_up"
        if self.action == "delete" and (self.source or self.destination):
            yield "a lightpath is deleted by its id alone", "leave out from and to"

    def check_sites(self, servers: Mapping[str, int]) -> Iterator[tuple[str, str, str]]:
        """Refuse a lightpath from a site to itself."""
        if self.source == self.destination is not None:
            yield "to", f"the lightpath joins {self.source} to itself", "name two sites"

    def for_plan(self, plan: Plan, populations: Mapping[str, int | None]) -> dict[str, Any]:
        """Return the rate as the controller takes it."""
        return {"rate_bps": round(self.rate_bps)}

    def check_plan(self, plan: Plan) -> Iterator[tuple[str, str]]:
        """Refuse to delete what is neither planned nor created: a program may create any."""
        from apn_emu.network.building import nearest

        if self.action == "create" or self.may_be_refused:
            return
        asking = [params for params in plan.workloads if load(params["kind"]).asks_controller]
        known = {service.id for service in plan.services}
        known |= {params["id"] for params in asking if params.get("action") == "create"}
        if self.id not in known and all(params["kind"] == self.kind for params in asking):
            yield f"there is no lightpath {self.id} to delete", nearest(self.id, known)

    def run(self, context: Context) -> Activity:
        """Create or delete; rows `blocked` (0 or 1) and, when it worked, `setup_time` or
        `teardown_time` (s) as the client sees it.

        Ends when the lightpath is INSTALLED and its sites send over it, or gone.
        """
        name, creating = self.id, self.action == "create"
        place = self.on or context.places(None)[0]
        context.progress(f"{self.name}: {self.action} {name}")
        keys = ("source", "destination", "rate_bps", "protection")
        wanted = {key: getattr(self, key) for key in keys}
        body = {"id": name, **wanted} if creating else None
        child = context.node(place).fork(_ask, name, body)
        spent_s, refusal = yield context.timeline.add(ended(child))
        yield context.timeline.sleep(SETTLING_S)
        ends = (label(place), label(place))
        if creating:
            ends = (self.source, self.destination)
        rows = [Row(self.name, *ends, "blocked", int(bool(refusal)), "1")] if creating else []
        if not refusal:
            metric = "setup_time" if creating else "teardown_time"
            rows.append(Row(self.name, *ends, metric, spent_s, "s"))
        elif not self.may_be_refused:
            context.failures.append(f"{self.name}: the controller refused {name}: {refusal}")
        return rows


def _ask(name: str, body: dict[str, Any] | None) -> tuple[float, str]:
    """Run on the server: return how long the controller took, in s, and why it refused."""
    from apn_emu.errors import EmulationError, InputError  # imported here: only this child needs it
    from apn_emu.rest_client import ControllerClient, lightpath_path

    client = ControllerClient(f"http://{CONTROLLER_IPV4}:{REST_PORT}", None)
    started_s = time.monotonic()
    refusal = ""
    try:
        if body is not None:
            client.ask("POST", "/v1/lightpaths", body, WAIT_S)
        else:
            client.ask("DELETE", lightpath_path(name), wait_s=WAIT_S)
    except (EmulationError, InputError) as error:
        refusal = str(error)
    return round(time.monotonic() - started_s, 9), refusal
