"""The spectrum of a plan in numbers, text and picture."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from apn_emu.planning.compile import compile_plan
from apn_emu.planning.occupancy import occupancies, spectrum_svg, spectrum_text, symbols
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of


def line(count: int) -> Plan:
    """Return `count` lightpaths over a - b - c, and one over b - c alone."""
    data = {
        "name": "line",
        "network": {
            "nodes": [{"id": node} for node in "abc"],
            "links": [{"a": "a", "b": "b", "km": 10}, {"a": "b", "b": "c", "km": 20}],
        },
        "sites": dict.fromkeys("abc"),
        "lightpaths": [
            {"from": "a", "to": "c", "rate": "100G", "count": count},
            {"from": "b", "to": "c", "rate": "100G"},
        ],
    }
    scenario = make_scenario(data)
    return compile_plan(scenario, network_of(scenario))


def test_both_directions_of_each_fibre_are_counted() -> None:
    first, back, second, _ = occupancies(line(2))
    assert (first.source, first.destination, back.source) == ("a", "b", "b")
    assert [path.id for path in first.lightpaths] == ["a-c", "a-c#2"]
    assert first.lightpaths == back.lightpaths
    assert (first.used_ghz, second.used_ghz) == (100, 150)
    assert second.share == pytest.approx(150 / 4800)


def test_text_shows_every_channel_at_its_place() -> None:
    scale, *rows = spectrum_text(line(2), 80)
    assert scale == "191.325 to 191.475 THz, 12.5 GHz a character"
    assert rows == [
        "a > b 11112222....",
        "b > a 11112222....",
        "b > c 111122223333",
        "c > b 111122223333",
    ]


def test_text_narrows_to_the_columns_there_are() -> None:
    plan = line(95)
    lines = spectrum_text(plan, 40)
    assert max(len(row) for row in lines[1:]) <= 40
    assert "#" in lines[1]
    assert lines[0].startswith("191.325 to 196.125 THz")  # where the C band ends
    assert len(symbols(plan)) == 96


def test_picture_has_every_channel_on_every_fibre() -> None:
    plan = line(2)
    tips = [
        title.text or ""
        for title in ElementTree.fromstring(spectrum_svg(plan)).iter(
            "{http://www.w3.org/2000/svg}title"
        )
    ]
    assert sum(tip.startswith("a-c: 191.35 THz") for tip in tips) == 4
    assert sum(tip.startswith("b-c: ") for tip in tips) == 2
