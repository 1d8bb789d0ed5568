"""Time the start of the Tokyo metro network by our engine, beside stock Mininet.

    python benchmarks/startup.py [RUNS]

Both run in the same embedded kernel, in turn, and make the same switches, servers and links. The
guest's clock is virtual, so wall time is taken on the host when progress arrives (every 0.1 s).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from apn_emu.engine import running
from apn_emu.engine.embedded import machine
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import load_scenario, network_of

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parent / "experiments" / "tokyo_metro.yaml"
LIMIT_S = 600


def plan_without_workloads() -> Plan:
    """Return the plan of the scenario, with nothing to measure."""
    scenario = load_scenario(SCENARIO, ("workloads=[]", "expect=[]"))
    return running.prepare(scenario, network_of(scenario))


def timed(plan: Plan, program: str | None) -> tuple[list[tuple[float, str, str]], float]:
    """Boot and run; return (seconds since the command, phase, text) and the whole time."""
    seen: list[tuple[float, str, str]] = []
    started_s = time.monotonic()

    def progress(phase: str, text: str) -> None:
        seen.append((time.monotonic() - started_s, phase, text))

    with tempfile.TemporaryDirectory() as folder:
        machine.run(plan.to_json(), Path(folder), LIMIT_S, progress, HERE, plan.seed, program)
    return seen, time.monotonic() - started_s


def ours() -> tuple[float, float]:
    """Return building until all lightpaths are lit, and planning and booting as well, in s."""
    started_s = time.monotonic()
    plan = plan_without_workloads()
    planned_s = time.monotonic() - started_s
    seen, _ = timed(plan, None)
    building_s = next(at for at, phase, _ in seen if phase == "building")
    lit_s = [at for at, phase, _ in seen if phase == "lighting"][-1]
    return lit_s - building_s, planned_s + lit_s


def stock(plan: Plan) -> tuple[float, str]:
    """Return the time that Mininet takes to build and start, in s, and what it started."""
    seen, _ = timed(plan, "/mnt/scenario/stock_mininet.py")
    (begun_s, _, _), (ended_s, _, text) = [entry for entry in seen if entry[1] == "stock"]
    return ended_s - begun_s, text


def spread(values: list[float]) -> str:
    """Return least, median and greatest."""
    return f"{min(values):8.2f}{statistics.median(values):8.2f}{max(values):8.2f}"


def main(runs: int = 3) -> None:
    """Print both times and their ratio."""
    plan = plan_without_workloads()
    lit, total, mininet = [], [], []
    for _ in range(runs):
        lit_s, total_s = ours()
        mininet_s, text = stock(plan)
        lit.append(lit_s)
        total.append(total_s)
        mininet.append(mininet_s)
    ratios = [theirs / own for theirs, own in zip(mininet, lit, strict=True)]
    print(f"start of {SCENARIO.stem}, {runs} runs in turn; stock Mininet {text}")
    print(f"{'':50}{'min':>8}{'median':>8}{'max':>8}")
    print(f"{'apn-emu, building until all is lit, s':50}{spread(lit)}")
    print(f"{'apn-emu, from the command until all is lit, s':50}{spread(total)}")
    print(f"{'stock Mininet, building and starting, s':50}{spread(mininet)}")
    print(f"{'stock Mininet / apn-emu (building)':50}{spread(ratios)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
