"""Bulk transfer: gigabytes of TCP for each second of wall time, by path, MTU and streams.

    python benchmarks/transfer.py [MEGABYTES]

A lightpath of 100 Gbit/s crosses 2, 3 and 10 ROADMs, 10 km apart; iperf3 sends that many megabytes
(default 500) over it. Time counts from the start of iperf3 to the end of the run; booting and
building are left out.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise, product

from apn_emu.engine import running
from apn_emu.scenario.loading import make_scenario, network_of

RATE_BPS = 100e9
ROADMS, MTUS, STREAMS = (2, 3, 10), (1500, 9000), (1, 8, 64)
WARM_UP_S = 10e-3


def transfer(roadms: int, mtu: int, streams: int, megabytes: float) -> tuple[float, float]:
    """Return GB of TCP payload for each second of wall time, and Gbit/s of virtual time."""
    names = [f"n{number}" for number in range(roadms)]
    duration_s = megabytes * 8e6 / RATE_BPS
    workload = {"iperf3": [[names[0], names[-1]]], "streams": streams}
    workload |= {"warm_up": f"{WARM_UP_S} s", "duration": f"{duration_s} s"}
    scenario = make_scenario(
        {
            "name": "transfer",
            "network": {
                "nodes": [{"id": name} for name in names],
                "links": [{"a": a, "b": b, "km": 10} for a, b in pairwise(names)],
            },
            "sites": {name: {"mtu": mtu} for name in (names[0], names[-1])},
            "lightpaths": [{"from": names[0], "to": names[-1], "rate": f"{RATE_BPS / 1e9:g}G"}],
            "workloads": [workload],
        }
    )
    started_s = 0.0

    def progress(phase: str, text: str) -> None:
        nonlocal started_s
        if phase == "measuring":
            started_s = started_s or time.monotonic()

    plan = running.prepare(scenario, network_of(scenario))
    run = running.run(scenario, plan, None, progress)
    wall_s = time.monotonic() - started_s
    rate_bps = next(m.value for m in run.result.measurements if m.metric == "throughput")
    return rate_bps * (WARM_UP_S + duration_s) / 8e9 / wall_s, rate_bps / 1e9


def main(megabytes: float = 500) -> None:
    """Print a line for each case."""
    print(f"{'ROADMs':>6}{'MTU':>6}{'streams':>9}{'GB/s wall':>11}{'Gbit/s virtual':>16}")
    for roadms, mtu, streams in product(ROADMS, MTUS, STREAMS):
        wall, virtual = transfer(roadms, mtu, streams, megabytes)
        print(f"{roadms:>6}{mtu:>6}{streams:>9}{wall:>11.2f}{virtual:>16.1f}", flush=True)


if __name__ == "__main__":
    main(*(float(argument) for argument in sys.argv[1:2]))
