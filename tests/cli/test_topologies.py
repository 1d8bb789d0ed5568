"""`apn-emu topologies` lists what ships and draws any file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from apn_emu.cli.topologies import command
from apn_emu.errors import InputError
from apn_emu.network.loading import shipped_networks


def topologies(*arguments: str) -> str:
    result = CliRunner().invoke(command, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_list_names_every_network() -> None:
    assert all(name in topologies() for name in shipped_networks())
    listed = json.loads(topologies("--json"))
    assert [entry["name"] for entry in listed] == list(shipped_networks())
    assert all(entry["source"] and entry["km"] > 0 for entry in listed)


def test_drawing_has_names_and_source(tmp_path: Path) -> None:
    picture = tmp_path / "map.svg"
    drawn = topologies("tokyo-metro", "--svg", str(picture))
    assert "Yokohama" in drawn
    assert "Source: " in drawn
    assert picture.read_text().startswith("<svg")
    assert len(json.loads(topologies("tokyo-metro", "--json"))["nodes"]) == 5


def test_a_file_without_coordinates_says_so(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text("nodes: [{id: a}, {id: b}]\nlinks: [{a: a, b: b, km: 98}]\n")
    assert "no coordinates" in topologies(str(file))


def test_unknown_name_and_svg_without_name() -> None:
    with pytest.raises(InputError, match="did you mean"):
        topologies("nsfnt")
    assert CliRunner().invoke(command, ["--svg", "x.svg"]).exit_code == 2
