"""Up to what distance do two small data centres act as one? A picture from a sweep.

    apn-emu sweep experiments/distance.yaml --out results/distance
    python benchmarks/distance_picture.py results/distance docs/images/distance.svg --rate 100G

Each curve is how well a workload does, of what it does at the shortest distance: throughput and
operations per second, or the inverse of an operation's time. Also prints the distance up to which
each keeps 90 % and 50 %, between the points along a straight line over the logarithm.
"""

from __future__ import annotations

import argparse
import csv
import math
import statistics
from collections import defaultdict
from pathlib import Path

from apn_emu.planning.steady import unlabelled
from apn_emu.results.chart import Curve, Point, line_chart

WORKLOADS = {
    ("one-stream", "throughput"): ("TCP, one stream", 1),
    ("four-streams", "throughput"): ("TCP, four streams", 1),
    ("all-reduce-hierarchical.32MB", "operation_time"): ("all-reduce of 32 MB", -1),
    ("commit.4KiB.depth1", "iops"): ("synchronous commits", 1),
}
"""Workload and metric: name, and 1 or -1 for times."""

Series = dict[float, float]
"""Distance in km -> part of what the shortest distance gives."""


def main() -> None:
    """Draw and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("sweep", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--rate", default="100G")
    options = parser.parse_args()
    series = read(options.sweep / "sweep.csv", options.rate)
    curves = [
        Curve(name, tuple(Point(km, *[part] * 3) for km, part in of.items()))
        for name, of in series.items()
    ]
    title = f"Two data centres on one {options.rate} lightpath, of what 1 km gives"
    options.picture.write_text(line_chart(curves, title, "km", "part", log_x=True))
    print(f"{'workload, ' + options.rate:24}{'90 % up to':>18}{'50 % up to':>18}")
    for name, of in series.items():
        print(f"{name:24}{reach(of, 0.9):>18}{reach(of, 0.5):>18}")


def read(file: Path, rate: str) -> dict[str, Series]:
    """Return each workload's series, of medians."""
    values: dict[str, dict[float, list[float]]] = defaultdict(lambda: defaultdict(list))
    with file.open(newline="") as rows:
        for row in csv.DictReader(rows):
            kind = unlabelled(row["kind"])
            if row["rate"] == rate and (kind, row["metric"]) in WORKLOADS:
                name, sign = WORKLOADS[kind, row["metric"]]
                values[name][float(row["distance_km"])].append(float(row["value"]) ** sign)
    found = {}
    for name, of in values.items():
        best = statistics.median(of[min(of)])
        found[name] = {km: statistics.median(of[km]) / best for km in sorted(of)}
    return found


def reach(series: Series, part: float) -> str:
    """Return up to what distance a workload keeps that part."""
    before = None
    for km, value in series.items():
        if value < part:
            if before is None:
                return "never"
            share = (before[1] - part) / (before[1] - value)
            return f"{before[0] * math.exp(share * math.log(km / before[0])):.0f} km"
        before = (km, value)
    return f"{max(series):.0f} km, the last"


if __name__ == "__main__":
    main()
