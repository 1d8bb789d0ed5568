"""The GN model against the cases that GNPy 3.0.1 computed (tests/data/qot/README.md)."""

import csv
import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "data" / "qot" / "gnpy_reference.csv"


@pytest.fixture(scope="module")
def qot_reference():
    path = ROOT / "benchmarks" / "qot_reference.py"
    spec = importlib.util.spec_from_file_location("qot_reference", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def test_every_case_agrees_within_a_thousandth_of_a_db(qot_reference):
    with REFERENCE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 120
    for error in qot_reference.errors(rows):
        limit = 0.00002 if error.unit == "ms" else 0.001
        assert error.magnitude() < limit, error


def test_benchmark_accepts_the_reference(qot_reference, capsys):
    assert qot_reference.main([str(REFERENCE)]) == 0
    assert "120 cases" in capsys.readouterr().out


@pytest.mark.parametrize("wrong", ["28.6615", "nan"])
def test_benchmark_refuses_a_wrong_or_missing_figure(qot_reference, tmp_path, capsys, wrong):
    text = REFERENCE.read_text().replace("28.6915", wrong, 1)
    assert wrong in text
    table = tmp_path / "wrong.csv"
    table.write_text(text)
    code = qot_reference.main([str(table)])

    assert code == 1
    assert "mid_gsnr_01nm_db" in capsys.readouterr().out


def test_benchmark_says_what_is_wrong_with_a_file(qot_reference, tmp_path, capsys):
    table = tmp_path / "table.csv"
    assert qot_reference.main([str(table)]) == 2
    assert "No such file" in capsys.readouterr().err
    table.write_text(REFERENCE.read_text().replace("chain", "line").replace("n2_m2_w", "n2"))
    assert qot_reference.main([str(table)]) == 2
    assert "lacks chain, n2_m2_w" in capsys.readouterr().err
    table.write_text("case_id\n")
    assert qot_reference.main([str(table)]) == 2
