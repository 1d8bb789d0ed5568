"""Start a plan's network and leave what it took, as the guest counts it (see startup_counts.py).

Runs as the first program of the embedded machine. `OUT/start` names the program to start: by
itself with the kernel's counters before and after, then nothing else; or under strace.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

from apn_emu.engine.inside import OUT

COUNTERS = {"processes": "/proc/stat", "ctxt": "/proc/stat", "pgfault": "/proc/vmstat"}
CALLS = "execve,socket,connect,write,writev,sendto,sendmsg,sendmmsg"
STRACE = ("strace", "-ff", "-y", "-qq", "-s", "0", "-e", f"trace={CALLS}", "--seccomp-bpf")
STRACE += ("-o", str(OUT / "trace"))
STEP_S = 0.1


def counters() -> dict[str, int]:
    """Return the kernel's counters since boot."""
    found = {}
    for name, file in COUNTERS.items():
        value = re.search(rf"^{name} (\d+)", Path(file).read_text(), re.MULTILINE)
        assert value
        found[name] = int(value[1])
    return found


def main() -> None:
    """Start, count and leave the numbers."""
    order = json.loads((OUT / "start").read_text())
    before = counters()
    argv = [*(STRACE if order["strace"] else ()), sys.executable, *order["argv"]]
    with subprocess.Popen(argv) as process:
        while process.poll() is None and not (OUT / "measured.json").exists():
            time.sleep(STEP_S)
        time.sleep(STEP_S)
        process.terminate()  # strace would wait for the daemons
    after = counters()
    (OUT / "counts.json").write_text(
        json.dumps({name: after[name] - before[name] for name in after})
    )


if __name__ == "__main__":
    main()
