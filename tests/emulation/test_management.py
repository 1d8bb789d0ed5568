"""The management network: servers reach the controller over it, and nothing else."""

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
