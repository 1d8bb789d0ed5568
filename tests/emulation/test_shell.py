"""Lines at the prompt of `apn-emu shell`, from its standard input."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from apn_emu.cli.shell import command

pytestmark = pytest.mark.kernel

SCENARIO = """
name: shelled
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 40}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
"""
PING = "a1 ping -q -c 1 -W 1 b1\n"


def test_a_cut_stops_pings_and_a_repair_lets_them_pass(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(SCENARIO)
    lines = f"time\n{PING}lightpaths\ncut a-b\n{PING}repair a-b\nwait 1 s\n{PING}cut x\nexit\n"
    done = CliRunner().invoke(command, [str(tmp_path / "mine.yaml"), "--quiet"], input=lines)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("0 s\n")
    lost = [line for line in done.output.splitlines() if "packet loss" in line]
    received = [line.split(",")[1].strip() for line in lost]
    assert received == ["1 received", "0 received", "1 received"]
    assert "INSTALLED ENABLED" in done.output
    assert "there is no link 'x'; there are a-b" in done.output
