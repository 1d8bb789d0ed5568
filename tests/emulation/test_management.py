"""The management network: who reaches the controller over it, and who is missed."""

import json
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

SCENARIO = """
name: management
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: {servers: 2}, b: }
lightpaths: [{from: a, to: b, rate: 100G}]
control: {management_delay: 5 ms}
workloads:
  - {command: ping -n -c 2 -i 0.1 controller, on: [a/2, b], name: controller}
  - {command: ping -n -c 1 -W 1 172.16.0.3, on: a, name: other, expect_exit: 2}
"""


def test_a_server_reaches_the_controller_and_nobody_else(run: Callable[..., Run]) -> None:
    done = run(SCENARIO)
    assert done.result.met, done.records
    for place in ("a.2", "b.1"):
        assert "time=10.0 ms" in done.records[f"controller-{place}.out"]
    assert "unreachable" in done.records["other-a.1.err"]


SILENT = """
name: silent
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
control: {keep_alive: 900 ms}
workloads:
  - {command: [sh, -c, "kill -STOP $(pidof ovs-vswitchd)"], on: a, start: 1 s}
  - {command: sleep 1, on: a}
"""


def test_silent_switches_are_missed_within_the_keep_alive_time(run: Callable[..., Run]) -> None:
    done = run(SILENT)
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    lost = {e["subject"]: e["at_s"] for e in told if e.get("alarm") == "SWITCH-LOST"}
    assert len(lost) == 2 * 3, "ROADM, shelf and switch of both sites"
    assert all(1.0 < at_s <= 1.0 + 0.9 + 0.01 for at_s in lost.values())
