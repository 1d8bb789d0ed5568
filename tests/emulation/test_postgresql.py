"""A real PostgreSQL pair, where this machine has PostgreSQL."""

from collections.abc import Callable

import pytest

from apn_emu.engine.embedded.programs import check_programs
from apn_emu.engine.running import Run
from apn_emu.errors import MachineError

pytestmark = pytest.mark.kernel

SCENARIO = """
name: pair
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 40}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {postgresql: [[a, b]], clients: [1, 4], transactions: 20}
expect:
  - commit_latency.min > 0.39 ms
  - commit_latency.p50 < 0.45 ms
  - commit_latency.count == 100
  - transaction_rate.max > 8000
  - transaction_rate.min < 2600
"""


def test_a_commit_waits_for_one_round_trip(run: Callable[..., Run]) -> None:
    try:
        check_programs(["postgresql"])
    except MachineError as error:
        pytest.skip(str(error))
    done = run(SCENARIO)
    assert done.result.met, [v for v in done.result.expectations if not v.met]
    assert done.result.engine.exact
