from apn_emu.control.north.exchange import JSON
from apn_emu.control.north.reading import read_body


def test_a_whole_number_is_an_integer_however_it_is_written() -> None:
    rates = read_body(b"[4e11, 4.0, 4.5, 1e400]", JSON)
    assert rates == [400_000_000_000, 4, 4.5, float("inf")]
    assert [type(rate) for rate in rates] == [int, int, float, float]
