from itertools import combinations

import pytest

from apn_emu.results.events import EventRecord
from apn_emu.results.expectations import judge, parse_expectation
from apn_emu.results.measurements import Measurement
from apn_emu.results.result import Engine, LightpathRecord, Result

SITES = ("tokyo", "omiya", "chiba", "yokohama", "hachioji")
EXPECTATIONS = ("rtt.max < 1 ms", "throughput.min > 95 Gbit/s", "outage.max < 50 ms")


def make_result(sites=SITES, kind="ping") -> Result:
    pairs = list(combinations(sites, 2))
    measurements = [
        Measurement(kind, f"{a}/1", f"{b}/1", "rtt", (300_000 + 1000 * number + sample) / 1e9, "s")
        for number, (a, b) in enumerate(pairs)
        for sample in range(3)
    ] + [
        Measurement("iperf3", f"{a}/1", f"{b}/1", "throughput", 97.9e9 - 1e9 * number, "bit/s")
        for number, (a, b) in enumerate(pairs)
    ]
    return Result(
        scenario={
            "name": "five",
            "description": "Five <sites> & more",
            "network": "tokyo-metro",
            "sites": {site: {"servers": 2} for site in sites},
        },
        seed=1,
        engine=Engine("embedded", "6.1.170", True, "no forced clock jump"),
        lightpaths=tuple(
            LightpathRecord(
                f"{a}-{b}", a, b, (a, "tokyo", b), 191.35, 50.0, "100G-DP-QPSK", 100e9, 86.6, 434.1
            )
            for a, b in pairs
        ),
        measurements=tuple(measurements),
        events=(EventRecord(2.0, "cut", "tokyo-chiba", "2 lightpaths lost"),),
        expectations=tuple(judge(parse_expectation(text), measurements) for text in EXPECTATIONS),
        wall_seconds=31.5,
    )


@pytest.fixture
def result() -> Result:
    return make_result()


@pytest.fixture
def large_result() -> Result:
    return make_result(tuple(f"site{number}" for number in range(12)))
