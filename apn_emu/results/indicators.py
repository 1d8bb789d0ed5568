"""How near distributed sites come to one data centre: a few defined indicators. Pure.

Each is defined in docs/indicators.md, with its formula and what it is good for. There is no sum of
them: what counts for whom differs.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from apn_emu.planning.facts import Facts
from apn_emu.planning.places import site_of
from apn_emu.planning.steady import unlabelled
from apn_emu.results.measurements import Measurement

Values = dict[tuple[str, str, str], float]
"""Median by (workload, source, destination), of one metric."""


@dataclass(frozen=True)
class Indicator:
    """An indicator: its unit, whether more is better, and one line of definition, in Japanese too
    for reports."""

    unit: str
    more_is_better: bool
    definition: str
    japanese: str


INDICATORS: Mapping[str, Indicator] = {
    "latency_stretch": Indicator(
        "1",
        False,
        "RTT over that of light in the shortest fibre",
        "最短の光ファイバを通る光に対する RTT の比",
    ),
    "bandwidth_efficiency": Indicator(
        "1",
        True,
        "TCP of one pair alone, over its planned rate",
        "他に流れのない 1 組の TCP の、計画レートに対する比",
    ),
    "collective_efficiency": Indicator(
        "1",
        True,
        "collectives' time in one site, over theirs",
        "1 拠点での集団通信の時間を、この網での時間で割った値",
    ),
    "training_slowdown": Indicator(
        "1",
        False,
        "time of a training step over that in one site",
        "1 拠点の場合に対する学習ステップの時間の比",
    ),
    "replication_penalty": Indicator(
        "1", False, "commit latency over that inside one site", "1 拠点内に対する確定遅延の比"
    ),
    "migration_downtime": Indicator(
        "s", False, "pause of a machine that is migrated", "移行される仮想マシンの停止時間"
    ),
    "outage": Indicator(
        "s", False, "longest interruption that a probe saw", "プローブが見た最長の通信断"
    ),
    "energy_per_bit": Indicator(
        "J",
        False,
        "energy of a bit between two sites, at full load",
        "2 拠点間で 1 ビットを送るエネルギー(全負荷時)",
    ),
    "spectrum_used": Indicator(
        "1", False, "lit part of all fibres' C band", "全光ファイバの C 帯のうち点灯している割合"
    ),
}


@dataclass(frozen=True)
class IndicatorRecord:
    """The value of an indicator on a network: a median, between `least` and `most` of its parts."""

    network: str
    indicator: str
    value: float
    unit: str
    least: float
    most: float
    parts: int


@dataclass(frozen=True)
class Measured:
    """A network as it was planned and measured."""

    facts: Facts
    measurements: Sequence[Measurement]


def scorecard(
    networks: Mapping[str, Measured], reference: str | None
) -> tuple[IndicatorRecord, ...]:
    """Return every indicator that the workloads of each network allow.

    `reference` names the network that is one data centre; without it there is nothing to relate
    collectives, training and replication to.
    """
    one_site = networks[reference] if reference else None
    records = []
    for name, network in networks.items():
        for indicator, values in _parts(network, one_site):
            if values:
                unit = INDICATORS[indicator].unit
                ends = (min(values), max(values), len(values))
                records.append(
                    IndicatorRecord(name, indicator, statistics.median(values), unit, *ends)
                )
    return tuple(records)


def _parts(network: Measured, one_site: Measured | None) -> Iterable[tuple[str, list[float]]]:
    facts = network.facts
    yield (
        "latency_stretch",
        [
            value / facts.light_rtt_s[pair]
            for (_, *ends), value in _medians(network, "rtt").items()
            if facts.light_rtt_s.get(pair := _sites(ends))
        ],
    )
    yield (
        "bandwidth_efficiency",
        [
            value / facts.rate_bps[pair]
            for (kind, *ends), value in _medians(network, "throughput").items()
            if unlabelled(kind) in facts.filling and (pair := _sites(ends)) in facts.rate_bps
        ],
    )
    if one_site is not None:
        yield "collective_efficiency", _ratios(one_site, network, "operation_time")
        yield "training_slowdown", _ratios(network, one_site, "step_time")
        yield "replication_penalty", _ratios(network, one_site, "commit_latency")
    yield "migration_downtime", list(_medians(network, "downtime").values())
    yield "outage", list(_medians(network, "outage", max).values())
    yield "energy_per_bit", list(facts.energy_j.values())
    if facts.spectrum_share:
        yield "spectrum_used", [facts.spectrum_share]


def _medians(
    network: Measured, metric: str, of: Callable[[list[float]], float] = statistics.median
) -> Values:
    samples: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    for m in network.measurements:
        if m.metric == metric:
            samples[m.kind, m.source, m.destination].append(m.value_si)
    return {key: of(values) for key, values in samples.items()}


def _ratios(upper: Measured, lower: Measured, metric: str) -> list[float]:
    """Return the quotients of what both networks measured in the same way."""
    above, below = _medians(upper, metric), _medians(lower, metric)
    return [value / below[key] for key, value in above.items() if below.get(key)]


def _sites(ends: Sequence[str]) -> tuple[str, str]:
    source, destination = map(site_of, ends)
    return source, destination
