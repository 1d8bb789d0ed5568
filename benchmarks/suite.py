"""Run all comparisons, each beside its peer, and write the table of docs/performance.md.

    python benchmarks/suite.py [--runs 5] [--only WORDS]
    python benchmarks/suite.py --short

The short form runs the fast ones once, writes nothing, and is what CI runs. Both exit with 1 when a
median ratio is below what `comparisons.py` demands; no time is ever judged. `--only` renews those
lines of the table and leaves the others.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections.abc import Sequence

from comparisons import Comparison, comparisons
from measuring import (
    PAGE,
    machine,
    rows_between_markers,
    table,
    taken,
    write_between_markers,
)

MARKER = "table of the suite"
HEAD = ("", "ours", "peer's", "unit", "peer", "ratio: min", "median", "max", "runs")


def main() -> int:
    """Run; return 1 when a ratio is too low."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", help="run those with these words in their name")
    options = parser.parse_args()
    chosen = [
        each
        for each in comparisons()
        if options.only in each.name and (each.short or not options.short)
    ]
    regressions = []
    for comparison in chosen:
        row, median = measured(comparison, 1 if options.short else options.runs)
        if median < comparison.least_ratio:
            regressions.append(f"{comparison.name}: {median:.3g}, not {comparison.least_ratio:g}")
        if not options.short:
            renew(row)
    for line in regressions:
        print(f"ratio too low: {line}", file=sys.stderr)
    return 1 if regressions else 0


def renew(row: Sequence[str]) -> None:
    """Put a row into the page's table: in place of the one with its name and peer, else last."""
    rows = {(old[0], old[4]): old for old in rows_between_markers(PAGE, MARKER)[1:]}
    rows[row[0], row[4]] = row
    text = f"{machine()}\n\n{table(HEAD, list(rows.values()))}"
    write_between_markers(PAGE, MARKER, text)


def measured(comparison: Comparison, runs: int) -> tuple[list[str], float]:
    """Return a row of the table, and the median ratio; print the row, too."""
    pairs: list[tuple[float, float]] = []
    wall_s, _ = taken(lambda: pairs.extend(comparison.measure() for _ in range(runs)))
    ratios = [comparison.ratio(*pair) for pair in pairs]
    medians = [statistics.median(values) for values in zip(*pairs, strict=True)]
    median = statistics.median(ratios)
    numbers = [f"{value:,.3g}" for value in (*medians, min(ratios), median, max(ratios))]
    numbers = [text if "e" not in text else f"{float(text):,.0f}" for text in numbers]
    row = [comparison.name, *numbers[:2], comparison.unit, comparison.peer, *numbers[2:], str(runs)]
    print(f"{' | '.join(row)}   ({wall_s:.0f} s)", flush=True)
    return row, median


if __name__ == "__main__":
    sys.exit(main())
