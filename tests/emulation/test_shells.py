"""The emulated network is a Mininet network: a program of one's own can use its nodes."""

from pathlib import Path

import pytest

from apn_emu.engine.embedded import machine
from apn_emu.planning.compile import compile_plan
from apn_emu.scenario.loading import load_scenario, network_of

pytestmark = pytest.mark.kernel

SCENARIO = """
name: shells
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
"""

PROGRAM = """
import json
from pathlib import Path

from apn_emu.emulation.control_plane import ControlPlane
from apn_emu.emulation.network import ApnNet
from apn_emu.planning.plan import Plan

file = Path("/mnt/out/plan.json")
plan = Plan.from_json(file.read_text())
net = ApnNet(plan, Path("/run"))
net.build()
control = ControlPlane(
    plan, file, net.openvswitch.folder, Path("/run"), Path("/mnt/out")
)
net.start()
control.wait_until_lit(lambda lit, of: None)
net.openvswitch.settle(plan.control.keep_alive_ns)
commands = [
    ("a1", "echo $((6 * 7))"),
    ("a1", "cd /tmp; pwd"),
    ("a1", "pwd"),
    ("a1", "ping -4 -c 1 -q b1"),
    ("b1", "ip -brief link show dev eth0"),
    ("roadm-b", "ovs-vsctl --version"),
]
printed = [net[node].cmd(command) for node, command in commands]
control.stop()
net.stop()
Path("/mnt/out/measured.json").write_text(json.dumps(printed))
"""


def test_nodes_run_commands_in_shells_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    (tmp_path / "program.py").write_text(PROGRAM)
    scenario = load_scenario(tmp_path / "scenario.yaml")
    plan = compile_plan(scenario, network_of(scenario))
    out = tmp_path / "out"
    out.mkdir()
    outcome = machine.run(
        plan.to_json(), out, 60, lambda *_: None, tmp_path, program="/mnt/scenario/program.py"
    )
    product, folder, still_there, ping, link, version = outcome.measured
    assert [product.strip(), folder.strip(), still_there.strip()] == ["42", "/tmp", "/tmp"]
    assert "1 received" in ping
    assert link.split()[1] == "UP"
    assert version.startswith("ovs-vsctl (Open vSwitch)")
