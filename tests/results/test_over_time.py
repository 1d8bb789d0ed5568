"""The chart of throughput over time: all curves, the events, and not too many points."""

import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from apn_emu.results.events import DarknessRecord, EventRecord, OutageRecord, SeriesRecord
from apn_emu.results.over_time import MOST_POINTS, throughput_chart
from apn_emu.results.result import Result


def series(destination: str, count: int) -> SeriesRecord:
    rates = tuple(1e10 if number < count // 2 else 0.0 for number in range(count))
    return SeriesRecord("stream", "tokyo", destination, 0.0, 1e-3, rates)


def test_it_is_one_picture_with_every_curve_and_event():
    events = (EventRecord(0.5, "cut", "tokyo-chiba"), EventRecord(99.0, "repair", "tokyo-chiba"))
    text = throughput_chart([series("chiba", 1000), series("omiya", 1000)], events)
    root = ElementTree.fromstring(text)
    lines = [line for line in root.iter() if line.tag.endswith("polyline")]
    assert len(lines) == 2
    assert all(len(line.get("points").split()) <= MOST_POINTS for line in lines)
    assert "tokyo → omiya" in text
    assert "cut tokyo-chiba" in text
    assert "repair" not in text, "it happened after the end"


def test_many_curves_are_cut_short_and_it_is_said():
    text = throughput_chart([series(f"site{n}", 10) for n in range(20)], ())
    assert "stream (8 / 20)" in text


def test_nothing_to_show_is_an_error():
    with pytest.raises(ValueError, match="point"):
        throughput_chart([], ())


def test_a_result_keeps_its_series_and_outages(result):
    outage = OutageRecord("probe", "tokyo", "chiba", 2.0, 0.02, 0.02, None, 200)
    dark = DarknessRecord("tokyo-chiba", "chiba", 1.5)
    event = EventRecord(2.0, "cut", "tokyo-chiba", "", (dark,), (outage,))
    whole = replace(result, series=(series("chiba", 10),), events=(event,))
    read = Result.from_json(whole.to_json())
    assert (read.series, read.events) == (whole.series, whole.events)
