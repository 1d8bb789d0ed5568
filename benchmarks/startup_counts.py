"""Count what a start is made of: processes, page faults, system calls, netlink and OVSDB messages.

    python benchmarks/startup_counts.py [SCENARIO]

By our engine and by stock Mininet, in the same embedded kernel, each once as it is and once under
strace (which must be installed). Returns to user mode count from boot. The table is written into
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
from startup import HERE, LIMIT_S, plan_without_workloads

from apn_emu.engine.embedded import machine
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan

SCENARIO = HERE.parent / "experiments" / "smoke.yaml"
PROGRAMS = {
    "apn-emu": ["-c", "from apn_emu.engine.inside import run_session; run_session(exact=True)"],
    "stock Mininet": ["/mnt/scenario/stock_mininet.py"],
}
ROWS = {
    "processes started": "processes",
    "programs executed": "execve",
    "page faults": "pgfault",
    "returns to user mode (system calls and page faults)": "resumes",
    "switches between processes": "ctxt",
    "netlink messages sent": "AF_NETLINK",
    "OVSDB messages sent": "db.sock",
}
SENDS = {"write", "writev", "sendto", "sendmsg", "sendmmsg"}
CALL = re.compile(r"(\w+)\((?:\d+<([^>]+)>)?(.*)")


def count(traces: Iterable[Path]) -> Counter[str]:
    """Return how often processes execute a program, and send over netlink or to the database.

    `traces` has a file of each process; a socket is known by its inode (`strace -ff -y`). The
    switch daemon is left out: how often it looks at its ports depends on how long it must wait.
    """
    texts = [trace.read_text(errors="replace") for trace in traces]
    calls = [
        call.groups()
        for text in texts
        if "ovs-vswitchd.pid" not in text
        for line in text.splitlines()
        if (call := CALL.match(line))
    ]
    kinds: dict[str, str] = {}
    for name, place, rest in calls:
        if name == "socket" and "AF_NETLINK" in rest:
            kinds[rest.rpartition("<")[2].rstrip(">")] = "AF_NETLINK"
        elif name == "connect" and place and "db.sock" in rest:
            kinds[place] = "db.sock"
    found = Counter(kinds[place] for name, place, _ in calls if name in SENDS and place in kinds)
    found["execve"] = sum(name == "execve" and rest.endswith("= 0") for name, _, rest in calls)
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
                found += count(folder.glob("trace.*"))
            else:
                found += Counter(json.loads((folder / "counts.json").read_text()))
                virtual_time = json.loads((folder / "virtual_time.json").read_text())
                found["resumes"] = virtual_time["resumes"]
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
