import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from apn_emu.scenario.quantities import Duration, Rate, Size, parser, writer
from apn_emu.units import DIMENSIONS


@settings(deadline=None, derandomize=True)
@given(
    st.sampled_from(DIMENSIONS),
    st.floats(min_value=1e-12, max_value=1e18, allow_nan=False),
)
def test_a_quantity_is_written_such_that_it_is_read_back_as_the_same_number(dimension, value):
    assert parser(dimension)(writer(dimension)(value)) == value


@pytest.mark.parametrize(
    ("kind", "text", "value", "written"),
    [
        (Rate, "400G", 400e9, "400 G"),
        (Rate, "2.5 Gbit/s", 2.5e9, "2.5 G"),
        (Duration, "20 ms", 0.02, "20 ms"),
        (Duration, "0 s", 0.0, "0 s"),
        (Size, "64 KiB", 65536, "64 KiB"),
    ],
)
def test_quantities_are_si_inside_and_short_outside(kind, text, value, written):
    adapter = TypeAdapter(kind)
    assert adapter.validate_python(text) == value
    assert len(adapter.dump_python(value)) <= len(written)
    assert adapter.validate_python(adapter.dump_python(value)) == value
