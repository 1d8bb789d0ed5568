"""Published measurements beside emulated ones: `make validate`.

Runs the scenario of each row of experiments/published/cases.csv and prints published value,
accepted range and emulated value. Ends with 1 if a row is outside its range: a disagreement is
printed, not tuned away; why it is there stands in the row's scenario.
"""

from __future__ import annotations

import csv
import statistics
import sys
from collections.abc import Callable
from pathlib import Path

from apn_emu import api
from apn_emu.engine.running import Run

FOLDER = Path(__file__).parents[1] / "experiments" / "published"

NETWORK = {"llama2-internet": "internet"}
"""The network that a row is about, where it is not the APN."""


def rtt_ms(run: Run, network: str) -> float:
    """Return the median round trip."""
    rtts = [m.value_si for m in run.result.measurements if m.metric == "rtt"]
    return statistics.median(rtts) * 1e3


def slowdown(run: Run, network: str) -> float:
    """Return the time of a training step over that in one site, both measured."""
    card = run.result.scorecard
    (value,) = (r.value for r in card if (r.network, r.indicator) == (network, "training_slowdown"))
    return value


METRICS: dict[str, Callable[[Run, str], float]] = {
    "rtt": rtt_ms,
    "training time / one data centre": slowdown,
    "scaling efficiency": lambda run, network: 1 / slowdown(run, network),
}


def main() -> int:
    """Run every row; return the exit code."""
    with (FOLDER / "cases.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    print(f"{'case':18}{'published':>10}{'accepted':>16}{'emulated':>10}{'unit':>7}  agrees")
    agreeing = 0
    for row in rows:
        run = api.run(api.load(FOLDER / f"{row['case_id']}.yaml"))
        emulated = METRICS[row["metric"]](run, NETWORK.get(row["case_id"], "apn"))
        low, high = float(row["accept_low"]), float(row["accept_high"])
        agrees = low <= emulated <= high
        agreeing += agrees
        accepted = f"{low:g} to {high:g}"
        line = f"{row['case_id']:18}{float(row['published']):10g}{accepted:>16}{emulated:10.4g}"
        print(f"{line}{row['unit']:>7}  {'yes' if agrees else 'NO'}", flush=True)
    print(f"{agreeing} of {len(rows)} agree")
    return 0 if agreeing == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
