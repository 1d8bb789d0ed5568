"""`apn-emu blocking`: the command line that other programs rely on."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from click.testing import CliRunner

from apn_emu.cli.blocking import command
from apn_emu.errors import InputError


def blocking(*arguments: str) -> str:
    """Return what the command prints; raise what it raises."""
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_contract_command_line() -> None:
    line = (
        "--network nsfnet --load 210 --policy ksp-ff --k 5 --order hops --slots 100"
        " --requests 20000 --warmup 3000 --seed 1 --json"
    )
    printed = json.loads(blocking(*line.split()))
    assert 3e-3 < printed["service_blocking"] < 1e-2
    low, high = printed["confidence_interval"]
    assert low < printed["service_blocking"] < high
    assert printed["bitrate_blocking"] > printed["service_blocking"]
    assert printed["requests_per_second"] > 0
    assert printed["effective_load_erlang"] == pytest.approx(0.687 * 210, rel=1e-3)
    assert printed["settings"]["holding_truncated_at_means"] == 2.0


def test_preset_is_overridden_by_options() -> None:
    quick = ("--load", "50", "--requests", "500", "--warmup", "50", "--json")
    settings = json.loads(blocking("--preset", "xlron-nsfnet", "--k", "2", *quick))["settings"]
    assert settings["k"] == 2
    assert settings["network"] == "nsfnet"


def test_sweep_writes_csv_and_plot(tmp_path: Path) -> None:
    table, plot = tmp_path / "sweep.csv", tmp_path / "sweep.svg"
    files = ("--csv", str(table), "--svg", str(plot))
    line = ("--load", "200:300:100", "--requests", "1000", "--warmup", "100", "--repeat", "2")
    printed = json.loads(blocking(*line, *files, "--json"))
    assert [point["load_erlang"] for point in printed["points"]] == [200, 300]
    assert all(point["requests"] == 2000 for point in printed["points"])
    rows = list(csv.DictReader(table.open()))
    assert [float(row["load_erlang"]) for row in rows] == [200, 300]
    assert ElementTree.parse(plot).getroot().tag.endswith("svg")
    assert "held E" in blocking("--load", "50", "--requests", "500")


def test_quality_chooses_modes() -> None:
    line = ("--network", "tokyo-metro", "--quality", "--load", "60", "--requests", "300", "--json")
    printed = json.loads(blocking(*line))
    assert printed["settings"]["slots"] == 768
    assert 0 <= printed["service_blocking"] < 1


@pytest.mark.parametrize("option", ["--holding", "--truncate", "--slot-ghz"])
def test_numbers_are_finite(option: str) -> None:
    with pytest.raises(AssertionError, match="not a finite number"):
        blocking(option, "nan")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--policy", "ksp-fff"),
        ("--load", "0"),
        ("--load", "300:200:10"),
        ("--load", "nan"),
        ("--load", "inf"),
        ("--load", "many"),
        ("--load", "1:1e8:0.001"),
        ("--truncate", "1e-9"),
        ("--rates", "0"),
        ("--rates", "1e2"),
        ("--modulations", "16QAM:625"),
        ("--network", "nsfnt"),
        ("--quality", "--slots", "5000"),
    ],
)
def test_wrong_options_are_named(arguments: tuple[str, ...]) -> None:
    with pytest.raises(InputError) as caught:
        blocking(*arguments)
    assert str(caught.value)
