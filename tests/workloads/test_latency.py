from apn_emu.traffic.probes import Sample
from apn_emu.workloads.latency import read


def test_the_reflectors_time_counts_in_no_delay():
    samples = [Sample(0, 1000, 3000, 9000, 12_000), Sample(2, 5000, 8000, 8100, 11_100)]
    rows = list(read("probe", ("a", "b/2"), samples, 4))
    values = {}
    for row in rows:
        assert row.kind == "probe"
        values.setdefault((row.source, row.destination, row.metric), []).append(row.value)
    assert values["a", "b/2", "rtt"] == [5e-6, 6e-6]
    assert values["a", "b/2", "delay"] == [2e-6, 3e-6]
    assert values["b/2", "a", "delay"] == [3e-6, 3e-6]
    assert values["a", "b/2", "ipdv"] == [1e-6]
    assert values["b/2", "a", "ipdv"] == values["b/2", "a", "pdv"] == [0]
    assert values["a", "b/2", "loss"] == [0.5]


def test_when_nothing_came_back_only_the_loss_is_said():
    assert [(row.metric, row.value) for row in read("probe", ("a", "b"), [], 5)] == [("loss", 1)]
