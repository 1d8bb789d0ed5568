"""Long times in which little happens cost little: nothing wakes the machine without need."""

from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

IDLE_DAY = """
name: idle-day
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 40}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {command: [sh, -c, "grep intr /proc/stat; sleep 86400; grep intr /proc/stat"], on: a, name: day}
  - {ping: [[a, b]], count: 600, interval: 1 s}
"""


def test_an_idle_day_is_nearly_free_and_the_network_still_lit(run: Callable[..., Run]):
    done = run(IDLE_DAY)
    before, after = (int(line.split()[1]) for line in done.records["day-a.1.out"].splitlines())
    # The kernel's timer reaches 4.3 s: 20,000 interrupts a day cannot be avoided.
    assert after - before < 80_000
    rtts = [m.value for m in done.result.measurements if m.metric == "rtt"]
    assert len(rtts) == 600
    assert max(rtts) - min(rtts) <= 1e-6
