"""`apn-emu plan` in words, as JSON, as a picture, and when it must refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from apn_emu.cli import main
from apn_emu.cli.plan import command

SCENARIO = """\
name: metro
network: tokyo-metro
sites: {tokyo: 2, omiya: 2, chiba: 2, yokohama: 2, hachioji: 2}
lightpaths:
  - {mesh: full, rate: 100G}
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "metro.yaml"
    path.write_text(SCENARIO)
    return str(path)


def planned(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def refused(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["apn-emu", "plan", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return int(caught.value.code or 0)


def test_tables_show_routes_channels_quality_latency_and_spectrum(file: str) -> None:
    shown = planned(file)
    assert "chiba - tokyo - hachioji" in shown
    assert "openzr+-100g" in shown
    assert "191.35" in shown
    assert "One-way latency" in shown
    assert "tokyo > omiya" in shown
    assert "20 transponders, about 300 W" in shown
    assert max(map(len, shown.splitlines())) <= 100


def test_json_adds_up(file: str) -> None:
    record = json.loads(planned(file, "--json", "--seed", "9"))
    assert record["seed"] == 9
    assert len(record["lightpaths"]) == 10
    assert record["transponders"] == 20
    for lightpath in record["lightpaths"]:
        *parts, total = lightpath["latency_us"].values()
        assert sum(parts) == pytest.approx(total)
        assert len(lightpath["fibres"]) == len(lightpath["route"]) - 1
    on_fibres = sum(len(fibre["lightpaths"]) for fibre in record["fibres"])
    assert on_fibres == 2 * sum(len(path["fibres"]) for path in record["lightpaths"])
    assert "explanation" not in record
    assert len(json.loads(planned(file, "--json", "--explain"))["explanation"]) == 10


def test_explain_names_what_was_taken(file: str) -> None:
    assert "191.35 THz / 50 GHz: lit as tokyo-omiya" in planned(file, "--explain")


def test_picture_is_written(file: str, tmp_path: Path) -> None:
    picture = tmp_path / "spectrum.svg"
    planned(file, "--svg", str(picture))
    assert picture.read_text().startswith("<svg")


def test_scenario_without_lightpaths(tmp_path: Path) -> None:
    path = tmp_path / "dark.yaml"
    path.write_text(SCENARIO.partition("lightpaths")[0])
    assert "0 transponders, about 0 W" in planned(str(path))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--set", "lightpaths.0.rate=9T"], "NO_FEASIBLE_MODE"),
        (["--set", "lightpaths.0.count=60"], "NO_SPECTRUM"),
        (["--set", "lightpaths.0.protection=1+1"], "NO_PATH: no node-disjoint pair"),
        (["--set", "lightpaths.0.speed=1"], "speed"),
        (["--svg", "/nowhere/at/all.svg"], "/nowhere/at/all.svg: No such file"),
    ],
)
def test_bad_input_ends_with_2(
    file: str,
    arguments: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert refused(monkeypatch, file, *arguments) == 2
    assert message in capsys.readouterr().err


def test_a_refusal_is_explained_before_it_is_named(
    file: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, file, "--explain", "--set", "lightpaths.0.count=60") == 2
    shown = capsys.readouterr()
    assert "NO_SPECTRUM: no room for 50 GHz" in shown.out
    assert ":5: lightpaths.0: " in shown.err


def test_missing_file_and_option(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(monkeypatch, "nowhere.yaml") == 2
    assert "nowhere.yaml" in capsys.readouterr().err
    assert CliRunner().invoke(command, ["--nonsense"]).exit_code == 2


def test_map_is_written(tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    result = CliRunner().invoke(command, ["experiments/tokyo_metro.yaml", "--map", str(picture)])
    assert result.exit_code == 0, result.output
    assert "Hachioji" in picture.read_text()


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan", "experiments/tokyo_metro.yaml", "--map"],
        ["topologies", "nsfnet", "--svg"],
        ["blocking", "--network", "nsfnet", "--load", "50", "--requests", "500", "--csv"],
    ],
)
def test_a_file_that_cannot_be_written_is_named(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "missing" / "picture"
    done = subprocess.run(
        [sys.executable, "-m", "apn_emu", *arguments, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert f"{file}: No such file or directory" in done.stderr


def test_a_plan_says_what_its_events_do() -> None:
    result = CliRunner().invoke(command, ["experiments/fibre_cut.yaml", "--json"])
    outages = json.loads(result.output)["outages"]
    lasting_ms = {
        outage["lightpath"]: round((outage["end_ns"] - outage["begin_ns"]) / 1e6)
        for outage in outages
    }
    # Protected 1+1, and two that wait: for the controller, which is not played here, or the repair
    assert lasting_ms == {"tokyo-shizuoka": 20, "omiya-yokohama": 500, "tokyo-yokohama": 500}
    text = CliRunner().invoke(command, ["experiments/fibre_cut.yaml"]).output
    assert "Outages by the events" in text
