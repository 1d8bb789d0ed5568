import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from html.parser import HTMLParser

import apn_emu as apn
from apn_emu.results.events import EventRecord, OutageRecord
from apn_emu.results.indicators import INDICATORS
from apn_emu.results.metrics import METRICS
from apn_emu.results.report import report_html
from apn_emu.results.report.interruptions import interruptions

VOID = {"meta", "link", "br", "hr", "img"}


class Checker(HTMLParser):
    """Fails on tags that do not match; collects attributes and text."""

    def __init__(self):
        super().__init__()
        self.open, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attributes):
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def checked(result) -> Checker:
    checker = Checker()
    checker.feed(report_html(result, None, "apn-emu run 'a & b.yaml' --seed 1"))
    checker.close()
    assert checker.open == []
    return checker


def test_the_report_is_one_file_that_needs_nothing_else(result):
    page = report_html(result, None, "apn-emu run five.yaml")
    attributes = checked(result).attributes
    assert not {name for name, _ in attributes} & {"src", "srcset", "data"}
    assert all(value.startswith("#") for name, value in attributes if name == "href")
    assert not re.search(r"https?:|url\(|@import", page)
    assert len(page) < 100_000


def test_the_report_says_what_was_found_and_how_to_find_it_again(result):
    text = checked(result).text
    for part in (
        "Five <sites> & more",
        "omiya-tokyo-hachioji",
        "throughput.min > 95 Gbit/s",
        "FAILED",
        "no forced clock jump",
        "6.1.170",
        "apn-emu run 'a & b.yaml' --seed 1",
        "network: tokyo-metro",
        "2 lightpaths lost",
    ):
        assert part in text


def test_markup_in_names_stays_text(result):
    evil = "<script>alert(1)</script>"
    scenario = {**result.scenario, "description": evil, "name": "$x"}
    page = report_html(replace(result, scenario=scenario), None, evil)
    assert page.count("<script") == 1  # ours


def test_what_was_not_measured_has_no_section(result):
    empty = replace(result, lightpaths=(), measurements=(), events=(), expectations=())
    text = checked(empty).text
    assert "Lightpaths" not in text
    assert "Engine and versions" in text


def test_each_definition_is_there_in_japanese():
    assert all(metric.japanese for metric in METRICS.values())
    assert all(indicator.japanese for indicator in INDICATORS.values())


def outage(begin_s, recovered_s):
    return OutageRecord("probe", "a/1", "b/1", begin_s, recovered_s, recovered_s, None, 9)


def test_interruptions_are_bars_from_the_last_packet_to_the_first_and_to_the_edge_without_one():
    ended, lasting = outage(1.0, 0.5), replace(outage(1.0, None), source="c/1")
    event = EventRecord(1.0, "cut", "a-b", outages=(ended, lasting))
    picture = ElementTree.fromstring(interruptions([event, EventRecord(9.0, "repair", "a-b")]))
    boxes = {
        next(iter(rect)).text: {name: float(rect.get(name)) for name in ("x", "width")}
        for rect in picture.iter("{http://www.w3.org/2000/svg}rect")
        if len(rect)
    }
    first, last = boxes["cut a-b: 500 ms"], boxes["cut a-b: to the end"]
    assert first["x"] == last["x"]
    assert last["x"] + last["width"] == float(picture.get("width"))
    assert first["width"] < last["width"]
    texts = [text.text for text in picture.iter("{http://www.w3.org/2000/svg}text")]
    assert "a/1 → b/1" in texts
    assert "repair a-b" not in texts, "it is far from what was interrupted"
    assert interruptions([EventRecord(1.0, "cut", "a-b")]) == ""


def test_the_map_shows_each_lightpath_and_what_failed(result):
    lightpaths = [{"from": "tokyo", "to": "chiba", "rate": "100G", "count": 2}]
    scenario = apn.load(
        "experiments/tokyo_metro.yaml",
        {
            "lightpaths": lightpaths,
            "workloads": [],
            "expect": [],
            "events": [{"at": "1 s", "node-failure": "omiya"}],
        },
    )
    plan = json.loads(apn.plan(scenario).to_json())
    page = report_html(result, plan, "apn-emu run it.yaml")
    arcs = re.findall(r'class="arc" data-lightpath="([^"]*)" d="([^"]*)"', page)
    assert [name for name, _ in arcs] == ["tokyo-chiba", "tokyo-chiba#2"]
    assert len({curve for _, curve in arcs}) == 2
    assert page.count('class="node failed"') + page.count('class="node site failed"') == 1
    assert len(re.findall(r'<line class="fibre use\d failed" x1="\d+\.', page)) == 2
