import csv
import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.results.measurements import Measurement, format_number, to_csv


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (3, "3"),
        (-0.0, "0"),
        (0.000981, "0.000981"),
        (97.9e9, "97900000000"),
        (1e-9, "1e-09"),
        (0.1 + 0.2, "0.30000000000000004"),
    ],
)
def test_numbers_are_short_and_exact(value, text):
    assert format_number(value) == text


@settings(deadline=None, derandomize=True)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_back_as_the_same(value):
    assert float(format_number(value)) == value


def test_the_csv_is_the_same_whatever_order_the_pairs_ran_in():
    pairs = [(f"s{a}/1", f"s{b}/1") for a in range(3) for b in range(a)]
    groups = [
        [Measurement("ping", a, b, "rtt", value / 1e6, "s") for value in (3, 1, 2)]
        for a, b in pairs
    ]
    expected = to_csv(sample for group in groups for sample in group)
    random.Random(1).shuffle(groups)
    assert to_csv(sample for group in groups for sample in group) == expected
    assert expected.splitlines()[:3] == [
        "kind,source,destination,metric,value,unit",
        "ping,s1/1,s0/1,rtt,3e-06,s",
        "ping,s1/1,s0/1,rtt,1e-06,s",
    ]


def test_names_with_commas_are_quoted():
    text = to_csv([Measurement('a,"b"', "x", "y", "exit", 0, "1")])
    assert list(csv.reader(io.StringIO(text)))[1] == ['a,"b"', "x", "y", "exit", "0", "1"]


@pytest.mark.parametrize(("metric", "unit"), [("speed", "s"), ("rtt", "bit/s"), ("loss", "ms")])
def test_unknown_metrics_and_units_are_refused(metric, unit):
    with pytest.raises(ValueError, match=r"metric|unit"):
        Measurement("ping", "a", "b", metric, 1.0, unit)
