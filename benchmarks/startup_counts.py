"""Count what a start is made of: processes, page faults, system calls, netlink and OVSDB messages.

    python benchmarks/startup_counts.py [SCENARIO]

By our engine and by stock Mininet, in the same embedded kernel, each once as it is and once under
strace (which must be installed). Counts are the same in every run. The table is written into
docs/performance.md for the default scenario.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from measuring import PAGE, table, write_between_markers
from startup import HERE, LIMIT_S, SCENARIO, plan_without_workloads

from apn_emu.engine.embedded import machine
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan

PROGRAMS = {
    "apn-emu": ["-c", "from apn_emu.engine.inside import run_session; run_session(exact=True)"],
    "stock Mininet": ["/mnt/scenario/stock_mininet.py"],
}
ROWS = {
    "processes started": "processes",
    "programs executed": "execve",
    "page faults": "pgfault",
    "system calls": "system calls",
    "switches between processes": "ctxt",
    "netlink messages sent": "AF_NETLINK",
    "OVSDB messages sent": "db.sock",
}
SENDS = {"write", "writev", "sendto", "sendmsg", "sendmmsg"}
EXECUTED = re.compile(r"^\d+ +(execve\(|<\.\.\. execve resumed>).*= 0$")
CALL = re.compile(r"^\d+ +(\w+)\((?:\d+<([^>]+)>)?(.*)")


def count(trace: Iterable[str]) -> Counter[str]:
    """Return how often the lines of a trace call the kernel, execute a program, and send a message
    over netlink or to the database; a socket is known by its inode (`strace -y`)."""
    found: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    for line in trace:
        found["execve"] += EXECUTED.match(line) is not None
        call = CALL.match(line)
        if not call:  # the rest of a call, a signal, an end
            continue
        name, place, rest = call.groups()
        found["system calls"] += 1
        if name == "socket" and "AF_NETLINK" in rest:
            kinds[rest.rpartition("<")[2].rstrip(">")] = "AF_NETLINK"
        elif name == "connect" and place and "db.sock" in rest:
            kinds[place] = "db.sock"
        elif name in SENDS and place in kinds:
            found[kinds[place]] += 1
    return found


def counts(plan: Plan, argv: list[str]) -> Counter[str]:
    """Start once as it is and once under strace; return all counts by their name in `ROWS`."""
    found: Counter[str] = Counter()
    for strace in (False, True):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "start").write_text(json.dumps({"strace": strace, "argv": argv}))
            machine.run(
                plan.to_json(),
                folder,
                LIMIT_S,
                lambda phase, text: None,
                HERE,
                plan.seed,
                "/mnt/scenario/counted_start.py",
                memory_mb=memory_mb(plan),
            )
            if strace:
                with (folder / "trace").open(errors="replace") as trace:
                    found += count(trace)
            else:
                found += Counter(json.loads((folder / "counts.json").read_text()))
    return found


def main(scenario_file: Path = SCENARIO) -> None:
    """Print the counts of both, and write them."""
    plan = plan_without_workloads(scenario_file)
    both = [counts(plan, argv) for argv in PROGRAMS.values()]
    rows = [[row, *(f"{each[name]:,}" for each in both)] for row, name in ROWS.items()]
    text = table(["", *PROGRAMS], rows)
    print(text)
    if scenario_file == SCENARIO:
        write_between_markers(PAGE, "table of counts", text)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
