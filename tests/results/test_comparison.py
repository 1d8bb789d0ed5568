"""Baselines beside the network, in the result and in the terminal."""

from dataclasses import replace

from rich.console import Console

from apn_emu.results.comparison import BaselineRecord, compare
from apn_emu.results.comparison_tables import failed_words
from apn_emu.results.indicators import IndicatorRecord
from apn_emu.results.measurements import Measurement
from apn_emu.results.report import report_html
from apn_emu.results.result import Result
from apn_emu.results.tables import result_tables

HERE = [Measurement("ping", "a", "b", "rtt", ms / 1e3, "s") for ms in (1, 2, 3)]
THERE = [Measurement("ping", "a", "b", "rtt", 15, "ms")]
LOSS = [Measurement("ping", "a", "b", "loss", 0, "1")]


def with_baselines(result: Result) -> Result:
    records = (
        BaselineRecord("far", {"rate": "1G"}, "", compare(HERE + LOSS, THERE + LOSS), 3.0),
        BaselineRecord("broken", {}, "the kernel ended", (), None),
    )
    card = (IndicatorRecord("apn", "latency_stretch", 1.25, "1", 1.1, 1.4, 10),)
    return replace(result, baselines=records, scorecard=card)


def test_medians_are_compared_in_si_units() -> None:
    (rtt,) = compare(HERE, THERE)
    assert (rtt.apn, rtt.baseline, rtt.ratio) == (0.002, 0.015, 7.5)


def test_streams_that_are_not_steady_are_compared_with_steady_ones() -> None:
    ends = ("a", "b", "throughput")
    here = [Measurement("bulk.slow-start", *ends, 5e9, "bit/s")]
    (bulk,) = compare(here, [Measurement("bulk", *ends, 1e9, "bit/s")])
    assert (bulk.kind, bulk.ratio) == ("bulk", 0.2)


def test_nothing_is_divided_by_nothing() -> None:
    (loss,) = compare(LOSS, LOSS)
    assert loss.ratio is None


def test_a_result_is_read_back_with_its_baselines(result: Result) -> None:
    given = with_baselines(result)
    again = Result.from_json(given.to_json())
    assert again.baselines == given.baselines
    assert again.scorecard == given.scorecard


def test_tables_and_report_show_them(result: Result) -> None:
    console = Console(width=80, record=True)
    console.print(result_tables(with_baselines(result)))
    text = console.export_text()
    assert "7.5 x" in text
    assert ("on the APN alone" in " ".join(text.split())) is bool(result.events)
    assert "latency_stretch" in text
    page = report_html(with_baselines(result), None, "apn-emu run x")
    assert "Scorecard" in page
    assert "15 ms" in page


def test_what_broke_off_is_named(result: Result) -> None:
    (line,) = failed_words(with_baselines(result).baselines)
    assert line == "baseline broken failed: the kernel ended"
