import io
from dataclasses import replace

from rich.console import Console

from apn_emu.results.matrices import matrices
from apn_emu.results.measurements import Measurement
from apn_emu.results.tables import result_tables


def text_of(result, **options) -> str:
    file = io.StringIO()
    Console(file=file, width=80, **options).print(result_tables(result))
    return file.getvalue()


def test_five_sites_fit_into_80_columns_with_nothing_left_out(result):
    text = text_of(result)
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 80
    for path in result.lightpaths:
        assert f" {'-'.join(path.route)} " in text
    for site in result.sites:
        assert text.count(f"\n {site} ") >= 2
    for verdict in result.expectations:
        assert verdict.text in text
    assert "outage was never measured   FAILED" in text


def test_a_long_route_breaks_between_names(result):
    route = ("sapporo", "aomori", "hachinohe", "morioka", "sendai", "fukushima", "utsunomiya")
    (first, *_) = result.lightpaths
    text = text_of(replace(result, lightpaths=(replace(first, route=route),)))
    assert max(map(len, text.splitlines())) <= 80
    assert all(name in text for name in route)


def test_no_colours_outside_a_terminal_or_with_no_color(result, monkeypatch):
    assert "\x1b" not in text_of(result)
    assert "\x1b[" in text_of(result, force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    coloured = text_of(result, force_terminal=True, color_system="standard")
    assert not any(f"\x1b[{code}m" in coloured for code in (31, 32, "1;31"))


def test_many_sites_are_summed_up_with_the_worst_pairs(large_result):
    text = text_of(large_result)
    assert "12 sites" in text
    assert "median" in text
    rtt, throughput = matrices(large_result)
    assert rtt.worst(1)[0][:2] == throughput.worst(1)[0][:2] == ("site10", "site11")
    assert text.count("site10 -> site11") == 2


def test_a_round_trip_fills_both_directions_and_a_rate_one(result):
    rtt, throughput = matrices(result)
    assert rtt.mean["chiba", "tokyo"] == rtt.mean["tokyo", "chiba"]
    assert ("chiba", "tokyo") not in throughput.mean
    assert (rtt.metric, throughput.metric) == ("rtt", "throughput")


def test_tails_are_shown_where_samples_are_many(result):
    assert "Tails" not in text_of(result)
    many = [Measurement("probe", "tokyo", "chiba", "rtt", n / 1e6, "s") for n in range(1, 1002)]
    text = text_of(replace(result, measurements=tuple(many)))
    tail = text[text.index("Tails") :]
    assert tail.split("\n")[4].split() == [
        "probe",
        "rtt",
        "1001",
        "501",
        "us",
        "991",
        "us",
        "1",
        "ms",
    ]
