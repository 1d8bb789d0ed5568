import io
import json
import re
from dataclasses import replace
from xml.etree import ElementTree as xml

import pandas
from rich.console import Console

from apn_emu.errors import ExitCode
from apn_emu.results.comparison import BaselineRecord, compare
from apn_emu.results.measurements import Measurement
from apn_emu.sweeps.figures import figures
from apn_emu.sweeps.report import sweep_html
from apn_emu.sweeps.table import networks_csv, to_csv, to_parquet
from apn_emu.sweeps.tables import sweep_tables


def test_the_table_is_read_in_one_line_and_is_the_same_in_all_forms(sweep):
    done = sweep(failing=[3])
    table = pandas.read_csv(io.StringIO(to_csv(done)))
    assert list(table.columns[:3]) == ["distance_km", "rate", "seed"]
    assert len(table) == 11
    medians = table.groupby("distance_km").value.median()
    assert round(medians[100], 9) == 0.0010015
    pandas.testing.assert_frame_equal(table, done.frame(), check_dtype=False)
    parquet = pandas.read_parquet(io.BytesIO(to_parquet(done)))
    pandas.testing.assert_frame_equal(table, parquet, check_dtype=False)


def test_networks_stand_one_below_the_other(sweep):
    done = sweep()
    assert networks_csv(done) == ""
    first = done.points[0]
    slow = [Measurement("ping", "west", "east", "rtt", 15, "ms")]
    internet = BaselineRecord("internet", {}, "", compare(first.result.measurements, slow), 1.0)
    points = (
        replace(first, outcome=replace(first.result, baselines=(internet,))),
        *done.points[1:],
    )
    table = pandas.read_csv(io.StringIO(networks_csv(replace(done, points=points))))
    assert list(table.columns) == [
        *("distance_km", "rate", "seed", "network", "kind", "metric", "value", "unit")
    ]
    rtts = table[table.metric == "rtt"].set_index("network").value
    assert rtts["internet"] == 0.015
    assert rtts["apn"] < 0.015


def test_each_numeric_axis_is_a_figure_with_a_curve_for_each_other_value(sweep):
    drawn = figures(sweep())
    assert list(drawn) == ["ping-rtt-by-distance_km", "ping-rtt-by-rate"]
    text = " ".join(xml.fromstring(drawn["ping-rtt-by-distance_km"]).itertext())
    for words in ("rate 100G", "rate 400G", "distance_km", "rtt (ms)", "span: rtt (ping)"):
        assert words in text
    assert "rate (Gbit/s)" in " ".join(xml.fromstring(drawn["ping-rtt-by-rate"]).itertext())


def test_a_failing_point_is_recorded_and_decides_the_exit_code(sweep):
    assert sweep().exit_code is ExitCode.OK
    done = sweep(failing=[3])
    assert done.exit_code is ExitCode.EMULATION_FAILED
    record = json.loads(done.to_json())["points"][2]
    assert (record["exit_code"], record["message"]) == (4, "the kernel panicked")
    assert record["folder"] is None
    console = Console(file=io.StringIO(), width=100)
    console.print(sweep_tables(done))
    shown = console.file.getvalue()
    assert "the kernel panicked" in shown
    assert "distance_km=1 rate=400G seed=1" in shown
    assert "1 of 2" in shown
    assert "<pre" in done._repr_html_()


def test_a_sweep_that_is_refused_everywhere_is_bad_input(sweep):
    assert sweep(range(1, 13), ExitCode.BAD_INPUT).exit_code is ExitCode.BAD_INPUT
    assert sweep([1], ExitCode.BAD_INPUT).exit_code is ExitCode.EMULATION_FAILED


def test_of_many_curves_some_are_drawn_from_first_to_last(sweep):
    done = sweep(distances_km=range(1, 10))
    text = figures(done)["ping-rtt-by-rate"]
    drawn = [number for number in range(1, 10) if f">distance_km {number}<" in text]
    assert len(drawn) == 7
    assert {1, 9} < set(drawn)


def test_the_report_has_figures_medians_and_a_link_to_each_point_that_has_a_result(sweep):
    page = sweep_html(sweep(failing=[3]))
    linked = re.findall(r'href="points/(\d+)/report\.html"', page)
    assert linked == [f"{number:04}" for number in range(1, 13) if number != 3]
    assert page.count("<svg xmlns") == 2
    assert "the kernel panicked" in page
    assert '<td class="bad">1 / 2</td>' in page
    assert "--set distance_km=1,10,100 --set rate=100G,400G --set seed=1,2" in page
