import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.results.expectations import ExpectationError, judge, parse_expectation
from apn_emu.results.measurements import Measurement
from apn_emu.results.statistics import STATISTICS, percentile
from apn_emu.results.wording import measured_words


def rtt(value_s: float, source="tokyo/1", destination="chiba/1") -> Measurement:
    return Measurement("ping", source, destination, "rtt", value_s, "s")


SAMPLES = [rtt(0.001), rtt(0.002), rtt(0.004, "tokyo/2", "omiya/1")]


@pytest.mark.parametrize(
    ("text", "measured", "met"),
    [
        ("rtt.max < 5 ms", 0.004, True),
        ("rtt.max < 4 ms", 0.004, False),
        ("rtt.max <= 4 ms", 0.004, True),
        ("rtt.min == 1 ms", 0.001, True),
        ("rtt.min != 1 ms", 0.001, False),
        ("rtt.p50>=2ms", 0.002, True),
        ("rtt.sum > 6 ms", 0.007, True),
        ("rtt.count == 3", 3, True),
        ("rtt.max[tokyo->chiba] < 3 ms", 0.002, True),
        ("rtt.max[chiba->tokyo] < 3 ms", 0.002, True),
        ("rtt.max [ tokyo/2 -> * ] > 3 ms", 0.004, True),
        ("rtt.count[tokyo/1->*] == 2", 2, True),
    ],
)
def test_expectations_are_judged_by_what_was_measured(text, measured, met):
    verdict = judge(parse_expectation(text), SAMPLES)
    assert verdict.measured == pytest.approx(measured)
    assert verdict.met is met


def test_what_was_never_measured_fails_and_says_so():
    verdict = judge(parse_expectation("outage.max < 50 ms"), SAMPLES)
    assert (verdict.met, verdict.measured) == (False, None)
    assert verdict.note == "outage was never measured"
    verdict = judge(parse_expectation("rtt.max[chiba->omiya] < 50 ms"), SAMPLES)
    assert verdict.note == "rtt was never measured from chiba to omiya"


def test_a_site_is_not_another_whose_name_begins_alike():
    assert judge(parse_expectation("rtt.max[tok->chiba] < 1 s"), SAMPLES).measured is None


def test_a_site_without_a_number_is_its_first_server():
    samples = [rtt(0.001, "tokyo", "chiba"), rtt(0.002, "tokyo/2", "chiba")]
    for ends, measured in {"tokyo/1->chiba": 0.001, "tokyo/2->*": 0.002, "tokyo->*": 0.002}.items():
        assert judge(parse_expectation(f"rtt.max[{ends}] < 1 s"), samples).measured == measured


def test_directions_of_a_rate_are_kept_apart():
    flow = Measurement("iperf3", "a", "b", "throughput", 9e10, "bit/s")
    assert judge(parse_expectation("throughput.min[a->b] > 80 Gbit/s"), [flow]).met
    assert judge(parse_expectation("throughput.min[b->a] > 80 Gbit/s"), [flow]).measured is None


def test_other_units_of_the_dimension_are_converted():
    sample = Measurement("ping", "a", "b", "rtt", 500, "us")
    assert judge(parse_expectation("rtt.max < 0.6 ms"), [sample]).measured == pytest.approx(5e-4)
    assert judge(parse_expectation("loss.max == 0 %"), []).unit == "1"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("rtt.max", "is not an expectation"),
        ("rtt.max =! 1 ms", "is not an expectation"),
        ("rtt.max ! 1 ms", "is not an expectation"),
        ("rtt.maxi < 1 ms", "did you mean max?"),
        ("rttt.max < 1 ms", "did you mean rtt?"),
        ("rtt.max < 1 Gbit/s", "unit 'Gbit/s' does not fit"),
        ("rtt.count == 3 ms", "unit 'ms' does not fit"),
        ("throughput.min > 400", "the unit is missing"),
    ],
)
def test_errors_name_what_would_be_right(text, part):
    with pytest.raises(ExpectationError) as caught:
        parse_expectation(text)
    assert part in f"{caught.value} {caught.value.remedy}"


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.floats(0, 100))
def test_percentiles_lie_between_the_extremes_and_agree_with_numpy(values, percent):
    numpy = pytest.importorskip("numpy")
    found = percentile(values, percent)
    assert found == pytest.approx(float(numpy.percentile(values, percent)), rel=1e-9, abs=1e-6)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(0, 1e9), min_size=1))
def test_statistics_are_ordered(values):
    low, high = STATISTICS["min"](values), STATISTICS["max"](values)
    for name in ("p50", "p99", "mean"):
        assert low * (1 - 1e-12) <= STATISTICS[name](values) <= high * (1 + 1e-12)


def test_no_percentile_of_nothing():
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 50)


def test_a_percentile_of_few_samples_says_so() -> None:
    few = [Measurement("ping", "a", "b", "rtt", number / 1e3, "s") for number in range(1, 11)]
    assert judge(parse_expectation("rtt.p99.9 < 1 s"), few).note == "10 samples"
    assert measured_words(judge(parse_expectation("rtt.p99.9 < 1 s"), few)).endswith("(10 samples)")
    assert judge(parse_expectation("rtt.p99.9 < 1 s"), few * 100).note == ""
    assert judge(parse_expectation("rtt.max < 1 s"), few * 2).note == ""
