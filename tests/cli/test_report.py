"""`apn-emu report` writes again what stood there, from the files alone."""

import pytest
from click.testing import CliRunner

from apn_emu.cli.report import command
from apn_emu.errors import ExitCode, InputError
from apn_emu.results.measurements import Measurement
from apn_emu.results.result import Engine, Result
from apn_emu.sweeps.axes import Axis, Point
from apn_emu.sweeps.reading import read_sweep
from apn_emu.sweeps.record import Failure, PointRecord, SweepResult, folder_of
from apn_emu.sweeps.writing import write_sweep

SCENARIO = {"name": "lab", "network": "tokyo-metro", "sites": {"tokyo": 1, "chiba": 1}}


def result(seed, rtt_s):
    measurement = Measurement("ping", "tokyo", "chiba", "rtt", rtt_s, "s")
    engine = Engine("embedded", "Linux", True, "virtual time")
    return Result(SCENARIO, seed, engine, (), (measurement,), (), (), 1.0)


@pytest.fixture
def sweep():
    failure = Failure(ExitCode.BAD_INPUT, "NO_FEASIBLE_MODE <here>")
    outcomes = [result(1, 1e-3), result(1, 2e-3), failure]
    points = [Point(n, {"sites.tokyo": n}, 1) for n in (1, 2, 3)]
    records = tuple(map(PointRecord, points, outcomes))
    axes = (Axis("sites.tokyo", (1, 2, 3)), Axis("seed", (1,)))
    return SweepResult(SCENARIO, axes, {"kernel": "Linux 6.1"}, records)


def report(folder, *words):
    done = CliRunner().invoke(command, [str(folder), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_the_report_of_a_sweep_is_written_again_from_its_files(sweep, tmp_path):
    write_sweep(tmp_path, sweep)
    for record in sweep.points[:2]:
        place = tmp_path / folder_of(record.point)
        place.mkdir(parents=True)
        (place / "result.json").write_text(record.result.to_json())
    assert read_sweep(tmp_path) == sweep
    first = (tmp_path / "report.html").read_text()
    (tmp_path / "report.html").unlink()
    report(tmp_path)
    assert (tmp_path / "report.html").read_text() == first
    for words in ("NO_FEASIBLE_MODE &lt;here&gt;", "<svg", "--set sites.tokyo=1,2,3", "Linux 6.1"):
        assert words in first


def test_the_report_of_a_run_goes_where_it_is_wanted(tmp_path):
    (tmp_path / "result.json").write_text(result(7, 1e-3).to_json())
    report(tmp_path, "--out", str(tmp_path / "x.html"))
    assert "apn-emu run lab.yaml --seed 7" in (tmp_path / "x.html").read_text()


def test_a_folder_without_results_is_refused(tmp_path):
    for content in (None, "{", "[]", '{"schema": "apn-emu/sweep/1"}'):
        if content is not None:
            (tmp_path / "sweep.json").write_text(content)
        with pytest.raises(InputError, match=r"(sweep|result)\.json"):
            CliRunner().invoke(command, [str(tmp_path)], catch_exceptions=False)


@pytest.mark.parametrize("content", ["{", "{}", "[1]"])
def test_a_plan_that_is_none_is_refused(content, tmp_path):
    (tmp_path / "result.json").write_text(result(7, 1e-3).to_json())
    (tmp_path / "plan.json").write_text(content)
    with pytest.raises(InputError, match=r"plan\.json.*: not (JSON|a plan): "):
        CliRunner().invoke(command, [str(tmp_path)], catch_exceptions=False)
