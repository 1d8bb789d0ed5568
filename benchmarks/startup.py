"""Time the start of a scenario's network by our engine, beside stock Mininet.

    python benchmarks/startup.py [RUNS [SCENARIO]]

Both run in the same embedded kernel, in turn, and make the same switches, servers and links. The
guest's clock is virtual, so wall time is taken on the host when progress arrives (every 0.1 s), and
processor time with it. Stock Mininet takes some minutes for `experiments/jpn48.yaml`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from measuring import processor_s, spread

from apn_emu.engine import running
from apn_emu.engine.embedded import machine
from apn_emu.planning.memory import memory_mb
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import load_scenario, network_of

HERE = Path(__file__).resolve().parent
SCENARIO = HERE.parent / "experiments" / "tokyo_metro.yaml"
LIMIT_S = 7200


@dataclass(frozen=True)
class Moment:
    """A word of progress, with wall and processor time in s when it came."""

    phase: str
    text: str
    wall_s: float
    spent_s: float


@dataclass(frozen=True)
class Start:
    """How long building took until everything was there, in s of wall and of processor time."""

    wall_s: float
    spent_s: float
    total_s: float
    text: str


def plan_without_workloads(scenario_file: Path = SCENARIO) -> Plan:
    """Return the plan of the scenario, with nothing to measure."""
    scenario = load_scenario(scenario_file, ("workloads=[]", "events=[]", "expect=[]"))
    return running.prepare(scenario, network_of(scenario))


def _moments(plan: Plan, program: str | None) -> list[Moment]:
    seen = [Moment("begun", "", time.monotonic(), processor_s())]

    def progress(phase: str, text: str) -> None:
        seen.append(Moment(phase, text, time.monotonic(), processor_s()))

    with tempfile.TemporaryDirectory() as folder:
        machine.run(
            plan.to_json(),
            Path(folder),
            LIMIT_S,
            progress,
            HERE,
            plan.seed,
            program,
            memory_mb=memory_mb(plan),
        )
    return seen


def _between(begun: Moment, first: Moment, last: Moment) -> Start:
    wall_s, spent_s = last.wall_s - first.wall_s, last.spent_s - first.spent_s
    return Start(wall_s, spent_s, last.wall_s - begun.wall_s, last.text)


def ours(plan: Plan) -> Start:
    """Build until all lightpaths are lit; in total, booting as well."""
    seen = _moments(plan, None)
    building = next(moment for moment in seen if moment.phase == "building")
    return _between(seen[0], building, [each for each in seen if each.phase == "lighting"][-1])


def stock(plan: Plan) -> Start:
    """Build and start the same network with Mininet's own classes."""
    seen = _moments(plan, "/mnt/scenario/stock_mininet.py")
    return _between(seen[0], *(moment for moment in seen if moment.phase == "stock"))


def main(runs: int = 3, scenario_file: Path = SCENARIO) -> None:
    """Print the times of both and their ratios."""
    plan = plan_without_workloads(scenario_file)
    planning_s = []
    pairs = []
    for _ in range(runs):
        begin_s = time.monotonic()
        plan = plan_without_workloads(scenario_file)
        planning_s.append(time.monotonic() - begin_s)
        pairs.append((ours(plan), stock(plan)))
    print(f"start of {scenario_file.stem}, {runs} runs in turn; stock Mininet {pairs[0][1].text}")
    print(f"{'':50}{'min':>8}{'median':>8}{'max':>8}")
    whole_s = [own.total_s + plan_s for (own, _), plan_s in zip(pairs, planning_s, strict=True)]
    for name, values in (
        ("apn-emu, building until all is lit, s", [own.wall_s for own, _ in pairs]),
        ("apn-emu, building until all is lit, CPU s", [own.spent_s for own, _ in pairs]),
        ("apn-emu, from planning until all is lit, s", whole_s),
        ("stock Mininet, building and starting, s", [theirs.wall_s for _, theirs in pairs]),
        ("stock Mininet, building and starting, CPU s", [theirs.spent_s for _, theirs in pairs]),
        ("stock Mininet / apn-emu, s", [b.wall_s / a.wall_s for a, b in pairs]),
        ("stock Mininet / apn-emu, CPU s", [b.spent_s / a.spent_s for a, b in pairs]),
    ):
        print(f"{name:50}{spread(values)}")


if __name__ == "__main__":
    main(*(kind(text) for kind, text in zip((int, Path), sys.argv[1:], strict=False)))
