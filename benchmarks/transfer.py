"""Bulk transfer: gigabytes of TCP for each second of wall time, by path, MTU and streams.

    python benchmarks/transfer.py [MEGABYTES [RUNS]]

A lightpath of 100 Gbit/s leads over 1, 3 and 10 fibres of 10 km, with a ROADM at each end of each;
iperf3 sends that many megabytes (default 500) over it, RUNS times (default 2), of which the best
counts. Time counts from the start of iperf3 to the end of the run; booting and building are left
out. The lines of this kernel (APN_EMU_KERNEL) are renewed in docs/performance.md.
"""

from __future__ import annotations

import sys
import time
from itertools import pairwise, product
from typing import NamedTuple

from measuring import PAGE, processor_s, rows_between_markers, table, write_between_markers

from apn_emu.engine import running
from apn_emu.engine.embedded.kernel import find_kernel
from apn_emu.scenario.loading import make_scenario, network_of

RATE_BPS = 100e9
HOPS, MTUS, STREAMS = (1, 3, 10), (1500, 9000), (1, 8, 64)
WARM_UP_S = 10e-3
MARKER = "table of transfer"
HEAD = ("kernel", "hops", "MTU", *(f"{n} stream{'s' * (n > 1)}" for n in STREAMS))


class Speed(NamedTuple):
    """GB of TCP payload for each second of wall time and of processor time; virtual Gbit/s."""

    wall: float
    spent: float
    virtual_gbps: float


def transfer(roadms: int, mtu: int, streams: int, megabytes: float) -> Speed:
    """Send once and measure."""
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
    started: list[tuple[float, float]] = []

    def progress(phase: str, text: str) -> None:
        if phase == "measuring":
            started.append((time.monotonic(), processor_s()))

    plan = running.prepare(scenario, network_of(scenario))
    run = running.run(scenario, plan, None, progress)
    wall_s, spent_s = time.monotonic() - started[0][0], processor_s() - started[0][1]
    rate_bps = next(m.value for m in run.result.measurements if m.metric == "throughput")
    sent_gb = rate_bps * (WARM_UP_S + duration_s) / 8e9
    return Speed(sent_gb / wall_s, sent_gb / spent_s, rate_bps / 1e9)


def renew(row: list[str]) -> None:
    """Put a row into the page's table, in place of the one of its kernel, hops and MTU."""
    rows = {tuple(old[:3]): old for old in rows_between_markers(PAGE, MARKER)[1:]}
    rows[tuple(row[:3])] = row
    write_between_markers(PAGE, MARKER, table(HEAD, list(rows.values())))


def main(megabytes: float = 500, runs: int = 2) -> None:
    """Print and write a line for each path and MTU: GB/s of wall time / of processor time."""
    kernel = find_kernel()
    for hops, mtu in product(HOPS, MTUS):
        row = [f"{kernel.version} ({kernel.mode})", str(hops), str(mtu)]
        for streams in STREAMS:
            found = [transfer(hops + 1, mtu, streams, megabytes) for _ in range(runs)]
            best = Speed(*map(max, zip(*found, strict=True)))
            row.append(f"{best.wall:.2f} / {best.spent:.2f}")
        print(" | ".join(row), flush=True)
        renew(row)


if __name__ == "__main__":
    main(*(number(text) for number, text in zip((float, int), sys.argv[1:], strict=False)))
