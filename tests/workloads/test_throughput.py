import pytest

from apn_emu.workloads.throughput import Throughput, read


def flow(source, destination, rate_bps=None, crosses=True):
    return {"name": "t", "ends": [source, destination], "rate_bps": rate_bps, "crosses": crosses}


def values_of(flows, rates_bps, cut_bps):
    workload = Throughput(matrix=None, name="t", flows=flows, cut_bps=cut_bps)
    rows = read(workload, rates_bps, [0] * len(flows))
    return {(row.source, row.destination, row.metric): row.value for row in rows}


def test_only_flows_that_cross_count_at_the_cut():
    flows = [flow("a/1", "b/1"), flow("b/1", "a/2"), flow("a/1", "a/2", crosses=False)]
    values = values_of(flows, [40e9, 20e9, 60e9], 100e9)
    assert values["*", "*", "aggregate_throughput"] == 120e9
    assert values["*", "*", "cut_efficiency"] == 0.6
    assert values["b", "a/2", "throughput"] == 20e9


def test_fairness_is_of_what_each_asked_for():
    flows = [flow("a/1", "b/1", 10e9), flow("b/1", "a/1", 40e9)]
    assert values_of(flows, [5e9, 20e9], None)["*", "*", "fairness"] == 1
    flows = [flow("a/1", "b/1"), flow("b/1", "a/1")]
    values = values_of(flows, [10e9, 30e9], None)
    assert values["*", "*", "fairness"] == pytest.approx(0.8)
    assert ("*", "*", "cut_efficiency") not in values
