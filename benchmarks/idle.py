"""Time long experiments in which little happens, on the Tokyo metro network.

    python benchmarks/idle.py [RUNS]

A day with a ping every second and a cut or repair every 10 minutes, and 30 idle days with all
lightpaths lit. Wall time is the user's; processor time is what the run cost on a busy machine, too.
"""

from __future__ import annotations

import sys
from pathlib import Path

from measuring import spread, taken

import apn_emu as apn

SCENARIO = Path(__file__).resolve().parent.parent / "experiments" / "tokyo_metro.yaml"
MINUTE_S, DAY_S = 60, 86400
EVENTS = [
    {"at": f"{at} s", ("repair" if number % 2 else "cut"): "omiya-tokyo"}
    for number, at in enumerate(range(10 * MINUTE_S, DAY_S, 10 * MINUTE_S))
]
CASES = {
    "a day, a ping every second, a cut or repair every 10 minutes": {
        "workloads": [{"ping": [["tokyo", "chiba"]], "count": DAY_S, "interval": "1 s"}],
        "events": EVENTS,
    },
    "30 days, idle and lit": {"workloads": [{"command": f"sleep {30 * DAY_S}", "on": "tokyo"}]},
}


def timed(changes: dict[str, object]) -> tuple[float, float]:
    """Run once; return wall and processor time in s."""
    scenario = apn.load(SCENARIO, {**changes, "expect": []})
    return taken(lambda: apn.run(scenario))


def main(runs: int = 3) -> None:
    """Print both cases."""
    print(f"{'':64}{'min':>8}{'median':>8}{'max':>8}")
    for name, changes in CASES.items():
        measured = [timed(changes) for _ in range(runs)]
        for what, values in zip(("wall s", "CPU s"), zip(*measured, strict=True), strict=True):
            print(f"{f'{name}, {what}':64}{spread(values, 1)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:2]))
