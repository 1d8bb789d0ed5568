"""Message sizes, block sizes and queue depths stand beside each other."""

import io
from dataclasses import replace

from rich.console import Console

from apn_emu.results.measurements import Measurement
from apn_emu.results.tables import result_tables
from apn_emu.results.variants import variants


def of_kind(kind: str, value: float, metric: str = "operation_time") -> Measurement:
    return Measurement(kind, "*", "*", metric, value, "s")


ROWS = (
    of_kind("sum.1GB.extrapolated", 9.0),
    of_kind("sum.32KB", 2.0),
    of_kind("sum.32KB", 4.0),
    of_kind("sum.1MB", 5.0),
    of_kind("write.4KiB.depth16", 1.0, "commit_latency"),
    of_kind("write.4KiB.depth8", 1.0, "commit_latency"),
    of_kind("write.512B.depth8", 1.0, "commit_latency"),
    of_kind("v1.0", 1.0),
    of_kind("ping", 1.0, "rtt"),
)


def test_variants_are_in_their_natural_order_with_the_median(result):
    [one] = variants(replace(result, measurements=[of_kind("sum.1MB", 1.0)]))
    assert list(one.rows) == ["1MB"]
    by_size, by_depth = variants(replace(result, measurements=ROWS))
    assert list(by_size.rows.items()) == [
        ("32KB", {"operation_time": 3.0}),
        ("1MB", {"operation_time": 5.0}),
        ("1GB.extrapolated", {"operation_time": 9.0}),
    ]
    assert list(by_depth.rows) == ["512B.depth8", "4KiB.depth8", "4KiB.depth16"]


def test_what_has_one_variant_stays_in_the_summary(result):
    file = io.StringIO()
    tables = result_tables(replace(result, measurements=ROWS))
    Console(file=file, width=80).print(tables)
    lines = [" ".join(line.split()) for line in file.getvalue().splitlines()]
    assert "1GB extrapolated 9 s" in lines
    assert "v1.0 operation_time 1 1 s 1 s 1 s" in lines
    assert not any(line.startswith("sum.") for line in lines)
