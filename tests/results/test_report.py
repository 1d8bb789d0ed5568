import re
from dataclasses import replace
from html.parser import HTMLParser

from apn_emu.results.report import report_html

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
    names = {name for name, _ in checked(result).attributes}
    assert not names & {"src", "href", "srcset", "data"}
    assert not re.search(r"https?:|url\(|@import", page)
    assert len(page) < 100_000


def test_the_report_says_what_was_found_and_how_to_find_it_again(result):
    text = checked(result).text
    for part in (
        "Five <sites> & more",
        "omiya-tokyo-hachioji",
        "throughput.min > 95 Gbit/s",
        "FAILED",
        "exact: no forced clock jump",
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
