"""Indicators from measurements and facts of two networks."""

import pytest

from apn_emu.planning.facts import Facts
from apn_emu.results.indicators import INDICATORS, IndicatorRecord, Measured, scorecard
from apn_emu.results.measurements import Measurement

PAIRS = (("a", "b"), ("b", "a"))


def network(rtt_s: float, rate_bps: float, commit_s: float, operation_s: float) -> Measured:
    return Measured(
        Facts(
            light_rtt_s=dict.fromkeys(PAIRS, 400e-6),
            rate_bps=dict.fromkeys(PAIRS, 100_000_000_000),
            energy_j=dict.fromkeys(PAIRS, 0.5e-9),
            spectrum_share=0.02,
            filling=frozenset({"iperf3"}),
        ),
        [
            *(Measurement("ping", "a", "b", "rtt", rtt_s + n * 1e-6, "s") for n in range(3)),
            Measurement("iperf3.slow-start", "a", "b/2", "throughput", rate_bps, "bit/s"),
            Measurement("incast", "a", "b", "throughput", rate_bps / 7, "bit/s"),
            Measurement("commit.4KiB", "a", "b", "commit_latency", commit_s, "s"),
            Measurement("all-reduce.1MB", "all", "all", "operation_time", operation_s, "s"),
            Measurement("probe", "a", "b", "outage", 0.002, "s"),
            Measurement("probe", "a", "b", "outage", 0.05, "s"),
        ],
    )


@pytest.fixture
def records() -> dict[tuple[str, str], IndicatorRecord]:
    networks = {
        "apn": network(500e-6, 99e9, 600e-6, 4e-3),
        "one": network(20e-6, 50e9, 40e-6, 1e-3),
    }
    return {(r.network, r.indicator): r for r in scorecard(networks, "one")}


def test_latency_is_related_to_light(records: dict[tuple[str, str], IndicatorRecord]) -> None:
    assert records["apn", "latency_stretch"].value == pytest.approx(501 / 400)
    assert records["one", "latency_stretch"].value < 1


def test_throughput_is_related_to_the_planned_rate(
    records: dict[tuple[str, str], IndicatorRecord],
) -> None:
    assert records["apn", "bandwidth_efficiency"].value == pytest.approx(0.99)


def test_work_is_related_to_one_site(records: dict[tuple[str, str], IndicatorRecord]) -> None:
    assert records["apn", "replication_penalty"].value == pytest.approx(15)
    assert records["apn", "collective_efficiency"].value == pytest.approx(0.25)
    assert records["one", "replication_penalty"].value == 1


def test_an_outage_is_the_longest(records: dict[tuple[str, str], IndicatorRecord]) -> None:
    assert records["apn", "outage"].value == 0.05


def test_what_was_not_measured_is_left_out(
    records: dict[tuple[str, str], IndicatorRecord],
) -> None:
    assert ("apn", "migration_downtime") not in records
    assert {indicator for _, indicator in records} < set(INDICATORS)


def test_without_one_site_nothing_is_related_to_it() -> None:
    records = scorecard({"apn": network(500e-6, 99e9, 600e-6, 4e-3)}, None)
    assert {"replication_penalty", "collective_efficiency"}.isdisjoint(r.indicator for r in records)
