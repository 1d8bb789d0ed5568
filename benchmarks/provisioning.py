"""How fast the controller provisions, in real time, into real Open vSwitch; and what it keeps.

    python benchmarks/provisioning.py [CYCLES]

A lightpath over two fibres is set up and taken down again and again over REST, all steps instant:
three ROADMs, two shelves and all switches are written and confirmed each time. Nothing is emulated
here: controller and switches are processes of this machine, and transponders answer at once.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from measuring import taken

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.rest_client import ControllerClient, lightpath_path
from apn_emu.scenario.loading import make_scenario, network_of
from tests.controllers.switches import ControllerProcess, Switches, network

WARM_UP = 200
WAIT_S = 60.0


def chain() -> Plan:
    """Return a plan of three sites in a row, with one lightpath over each fibre."""
    scenario = make_scenario(
        {
            "name": "chain",
            "network": {
                "nodes": [{"id": node} for node in "abc"],
                "links": [{"a": "a", "b": "b", "km": 10}, {"a": "b", "b": "c", "km": 10}],
            },
            "sites": {node: {"transponders": 4} for node in "abc"},
            "lightpaths": [{"mesh": "neighbours", "rate": "100G"}],
        }
    )
    return compile_plan(scenario, network_of(scenario))


def cycle(client: ControllerClient, name: str) -> None:
    """Set one lightpath up and take it down."""
    wanted = {"id": name, "source": "a", "destination": "c", "rate_bps": 10**11}
    client.ask("POST", "/v1/lightpaths", wanted, WAIT_S)
    client.ask("DELETE", lightpath_path(name), wait_s=WAIT_S)


def by_processes(switches: Switches) -> None:
    """Write a flow into every switch and delete it, as a script with `ovs-ofctl` does."""
    for bridge in switches.bridges:
        switches.ofctl("add-flow", bridge, "table=200,actions=drop")
    for bridge in switches.bridges:
        switches.ofctl("del-flows", bridge, "table=200")


def rates(cycles: int) -> tuple[float, float]:
    """Return lightpaths made and removed each second, by the controller and by a script."""
    with tempfile.TemporaryDirectory() as folder:
        with network(Path(folder), chain()) as (controller, switches, _):
            client = ControllerClient(f"http://127.0.0.1:{controller.rest_port}", None)
            cycle(client, "first")
            ours_s, _ = taken(lambda: [cycle(client, f"x{number}") for number in range(cycles)])
            theirs_s, _ = taken(lambda: [by_processes(switches) for _ in range(cycles)])
            return cycles / ours_s, cycles / theirs_s


def memory_mb(controller: ControllerProcess) -> float:
    """Return the resident memory of the controller."""
    pages = int(Path(f"/proc/{controller.process.pid}/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def main(cycles: int = 10_000) -> None:
    """Print rate and memory."""
    with tempfile.TemporaryDirectory() as folder:
        with network(Path(folder), chain()) as (controller, _, _):
            client = ControllerClient(f"http://127.0.0.1:{controller.rest_port}", None)
            for number in range(WARM_UP):
                cycle(client, f"w{number}")
            before_mb, started_s = memory_mb(controller), time.monotonic()
            for number in range(cycles):
                cycle(client, f"x{number}")
            spent_s = time.monotonic() - started_s
            print(f"{cycles} lightpaths set up and taken down, one after the other")
            print(f"{'lightpaths a second':30}{cycles / spent_s:10.1f}")
            print(f"{'memory before, MB':30}{before_mb:10.1f}")
            print(f"{'memory after, MB':30}{memory_mb(controller):10.1f}")
            print(f"{'open files, threads':30}{controller.open_files():10}{controller.threads():4}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
