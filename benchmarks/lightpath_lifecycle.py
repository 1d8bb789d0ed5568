"""Lightpaths made and removed by the controller's service, without switches: rate and memory.

`python benchmarks/lightpath_lifecycle.py [CYCLES]` makes and removes lightpaths on the shipped
networks, with model switches that confirm at once, and prints wall-clock lightpaths a second and
how much the memory grows with CYCLES (10,000) of them. The rate with real Open vSwitch is another
matter.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc
from importlib.resources import as_file, files

from apn_emu.control.requests import LightpathRequest
from apn_emu.control.service import LightpathService
from apn_emu.control.transponders import Done
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import load_scenario, network_of

SETTINGS = (("tokyo_metro", ("omiya", "chiba"), 200), ("jpn48", ("sapporo", "hiroshima"), 20))
"""Experiment, ends of the lightpaths, how many are timed."""

WARM_UP = 100


def main(cycles: int) -> None:
    """Print the figures."""
    for name, ends, timed in SETTINGS:
        service = lit(busy_plan(name, ends))
        run(service, ends, 3)
        started_s = time.perf_counter()
        run(service, ends, timed)
        rate = timed / (time.perf_counter() - started_s)
        count = len(service.plan.lightpaths)
        print(f"{name}: {rate:.0f} lightpaths a second made and removed beside {count} others")
    name, ends, _ = SETTINGS[0]
    service = lit(busy_plan(name, ends))
    tracemalloc.start()
    run(service, ends, WARM_UP)  # what is made anew counts from here
    before = traced_bytes()
    run(service, ends, cycles)
    print(f"{name}: {traced_bytes() - before:+d} bytes after {cycles} of them")


def busy_plan(name: str, ends: tuple[str, str]) -> Plan:
    """Return the plan of a shipped experiment, with spare transponders at two sites."""
    with as_file(files("apn_emu.experiments") / f"{name}.yaml") as path:
        spare = [f"sites.{end}.transponders=20" for end in ends]
        scenario = load_scenario(path, spare)
    return compile_plan(scenario, network_of(scenario))


def lit(plan: Plan) -> LightpathService:
    """Return a service whose switches are all connected."""
    service = LightpathService(plan)
    dpids = [roadm.dpid for roadm in plan.roadms]
    dpids += [dpid for site in plan.sites for dpid in (site.shelf_dpid, site.switch_dpid)]
    for dpid in dpids:
        service.switch_connected(dpid, 0)
    service.agents_connected(0)
    carry(service)
    return service


def traced_bytes() -> int:
    """Return the memory that Python objects hold."""
    gc.collect()
    return tracemalloc.get_traced_memory()[0]


def run(service: LightpathService, ends: tuple[str, str], cycles: int) -> None:
    """Make and remove lightpaths."""
    for number in range(cycles):
        request = LightpathRequest(f"x{number}", *ends, 10**11)
        service.create(request, number)
        carry(service)
        service.delete(request.id, number)
        carry(service)


def carry(service: LightpathService) -> None:
    """Confirm everything at once."""
    while True:
        messages, orders = service.take_messages(), service.take_orders()
        service.take_events()
        for message in messages:
            if message.command == "barrier":
                service.barrier_answered(message.dpid, message.xid, 0)
        for order in orders:
            service.notified(Done(order.order), 0)
        if not messages and not orders:
            return


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
