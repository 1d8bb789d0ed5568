"""Pictures are well-formed SVG, hold every value and are the same bytes each time."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from apn_emu.results.chart import Curve, Point, line_chart
from apn_emu.results.svg import Svg

CURVES = [
    Curve("ksp-ff <fast>", (Point(190, 2e-3, 1e-3, 3e-3), Point(230, 1.4e-2, 1.2e-2, 1.6e-2))),
    Curve("zero", (Point(190, 0.0, 0.0, 1e-4),)),
]


@pytest.mark.parametrize("log_y", [False, True])
def test_chart_is_well_formed_and_holds_the_points(log_y: bool) -> None:
    text = line_chart(CURVES, "Blocking & load", "load (E)", "blocking", log_y)
    root = ElementTree.fromstring(text)
    circles = [element for element in root.iter() if element.tag.endswith("circle")]
    assert len(circles) == 3
    for circle in circles:
        assert 0 <= float(circle.attrib["cx"]) <= 640
        assert 0 <= float(circle.attrib["cy"]) <= 420
    assert text == line_chart(CURVES, "Blocking & load", "load (E)", "blocking", log_y)


def test_more_load_stands_further_right_and_more_blocking_higher() -> None:
    root = ElementTree.fromstring(line_chart(CURVES[:1], "t", "x", "y", True))
    low, high = [e.attrib for e in root.iter() if e.tag.endswith("circle")]
    assert float(low["cx"]) < float(high["cx"])
    assert float(low["cy"]) > float(high["cy"])


def test_chart_without_points_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a point"):
        line_chart([], "t", "x", "y")


def test_text_and_tips_are_escaped() -> None:
    svg = Svg(10, 10, 'a < "b" & c')
    svg.text(1, 2, "<&>", turned=True)
    svg.rect(0, 0, 1, 1, "#fff", tip="<tip>")
    root = ElementTree.fromstring(svg.to_text())
    assert [e.text for e in root.iter() if e.tag.endswith("text")] == ["<&>"]
