"""How start-up grows: networks of 12 to 75 nodes, two servers a node, lightpaths to all neighbours.

    python benchmarks/growth.py [NETWORK ...]

Processor time counts from planning until all is lit. Host memory is the peak of the largest process
so far (so name small networks first): the kernel's, which maps all that the guest uses. Without
arguments the table is written into docs/performance.md, too.
"""

from __future__ import annotations

import re
import resource
import sys
import time

from measuring import PAGE, processor_s, table, write_between_markers

from apn_emu.engine import running
from apn_emu.network.loading import load_network
from apn_emu.scenario.loading import make_scenario, network_of

NETWORKS = ("jpn12", "jpn25", "jpn48", "coronet-conus")
HEAD = ("network", "nodes", "fibre pairs", "lightpaths", "bridges", "s", "CPU s", "CPU ms a bridge")
HEAD += ("guest, MB", "host, MB")


def row(name: str) -> list[str]:
    """Start a network and measure."""
    network = load_network(name)
    first = network.nodes[0].id
    scenario = make_scenario(
        {
            "name": "growth",
            "network": name,
            "sites": {node.id: {"servers": 2} for node in network.nodes},
            "lightpaths": [{"mesh": "neighbours", "rate": "100G"}],
            "workloads": [{"command": "cat /proc/meminfo", "on": first}],
            "time_limit": "1 h",
        }
    )
    begin_s, before_s = time.monotonic(), processor_s()
    lit: list[tuple[float, float]] = []

    def progress(phase: str, text: str) -> None:
        if phase == "lighting":
            lit.append((time.monotonic() - begin_s, processor_s() - before_s))

    plan = running.prepare(scenario, network_of(scenario))
    run = running.run(scenario, plan, None, progress)
    wall_s, spent_s = lit[-1]
    host_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e6
    amounts = dict(re.findall(r"^(\w+): +(\d+) kB", "".join(run.records.values()), re.MULTILINE))
    guest_mb = (int(amounts["MemTotal"]) - int(amounts["MemAvailable"])) * 1024 / 1e6
    bridges = len(plan.roadms) + 2 * len(plan.sites)
    counts = (len(network.nodes), len(network.links), len(plan.lightpaths), bridges)
    each_ms = spent_s / bridges * 1e3
    numbers = [f"{value:.0f}" for value in (each_ms, guest_mb, host_mb)]
    return [name, *map(str, counts), f"{wall_s:.1f}", f"{spent_s:.1f}", *numbers]


def main(names: list[str]) -> None:
    """Print a row for each network."""
    rows = []
    for name in names or NETWORKS:
        rows.append(row(name))
        print(" | ".join(rows[-1]), flush=True)
    if not names:
        write_between_markers(PAGE, "table of growth", table(HEAD, rows))


if __name__ == "__main__":
    main(sys.argv[1:])
