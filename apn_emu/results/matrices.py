"""Measurements from site to site, for tables and the report."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from apn_emu.planning.places import site_of
from apn_emu.results.measurements import Measurement, in_order
from apn_emu.results.metrics import METRICS
from apn_emu.results.result import Result
from apn_emu.results.statistics import STATISTICS

MATRIX_METRICS = ("rtt", "throughput")

SUMMARY = {
    "min": "min",
    "mean": "mean",
    "median": "p50",
    "p99": "p99",
    "p99.9": "p99.9",
    "max": "max",
}
"""What is said of all samples of a metric, as readers call it: the name in `STATISTICS`."""

TAILS = ("p99", "p99.9")
TAIL_SAMPLES = 300
"""So many at least, for then three are beyond the 99th percentile."""


@dataclass(frozen=True)
class Matrix:
    """Mean of a metric (SI units) from site to site, of one workload; only what was measured."""

    kind: str
    metric: str
    sites: tuple[str, ...]
    mean: dict[tuple[str, str], float]

    def worst(self, count: int) -> list[tuple[str, str, float]]:
        """Return the worst pairs: the longest times, or the lowest rates; each pair once."""
        higher_is_worse = self.metric == "rtt"
        pairs = [
            (source, destination, value)
            for (source, destination), value in self.mean.items()
            if not METRICS[self.metric].symmetric
            or self.sites.index(source) < self.sites.index(destination)
        ]
        return sorted(pairs, key=lambda pair: pair[2], reverse=higher_is_worse)[:count]


@dataclass(frozen=True)
class Summary:
    """Statistics (SI units) over all samples of a metric of one workload."""

    kind: str
    metric: str
    samples: int
    statistics: dict[str, float]
    """By the words of `SUMMARY`."""


def matrices(result: Result) -> list[Matrix]:
    """Return a matrix for each workload that measured between sites, RTT first."""
    found = []
    for (kind, metric), samples in _grouped(result.measurements).items():
        if metric in MATRIX_METRICS:
            values = _site_means(samples)
            sites = tuple(site for site in result.sites if any(site in pair for pair in values))
            found.append(Matrix(kind, metric, sites, values))
    return sorted(found, key=lambda matrix: MATRIX_METRICS.index(matrix.metric))


def summaries(result: Result) -> list[Summary]:
    """Return the statistics of everything that was measured, in the order of the CSV."""
    return [
        Summary(kind, metric, len(values), {w: STATISTICS[s](values) for w, s in SUMMARY.items()})
        for (kind, metric), samples in _grouped(result.measurements).items()
        for values in [[sample.value_si for sample in samples]]
    ]


def _grouped(samples: Sequence[Measurement]) -> dict[tuple[str, str], list[Measurement]]:
    groups = defaultdict(list)
    for sample in in_order(samples):
        groups[sample.kind, sample.metric].append(sample)
    return groups


def _site_means(samples: Sequence[Measurement]) -> dict[tuple[str, str], float]:
    values = defaultdict(list)
    for sample in samples:
        source, destination = map(site_of, (sample.source, sample.destination))
        values[source, destination].append(sample.value_si)
        if METRICS[sample.metric].symmetric and source != destination:
            values[destination, source].append(sample.value_si)
    return {pair: statistics.fmean(of_pair) for pair, of_pair in values.items()}
