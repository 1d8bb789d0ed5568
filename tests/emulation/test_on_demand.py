"""Lightpaths that programs on the servers ask for while the network runs."""

import json
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

SCENARIO = """
name: on-demand
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: {transponders: 1}, b: {transponders: 1}}
lightpaths: []
control: {setup: noise-loaded}
workloads:
  - {command: ping -n -c 1 -W 1 b1, on: a, name: dark, expect_exit: 1}
  - {command: ping -n -i 0.1 -c 120 -W 1 b1, on: a, start: 1 s, name: all-along}
  - {command: python3 /mnt/scenario/client.py, on: a, start: 1 s, name: client}
  - {ping: [[a, b]], count: 3}
  - {iperf3: [[a, b]], streams: 2}
  - {lightpath: create, id: second, from: a, to: b, start: 10 s, may_be_refused: true, name: full}
  - {lightpath: delete, id: mine}
  - {command: ping -n -c 1 -W 1 b1, on: a, name: dark-again, expect_exit: 1}
"""

CLIENT = """
import json, time, urllib.request
def ask(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Prefer": "wait=60"}
    request = urllib.request.Request("http://controller:8181" + path, data, headers, method=method)
    return json.load(urllib.request.urlopen(request))
begun = time.monotonic()
made = ask("PUT", "/v1/lightpaths/mine", {"source": "a", "destination": "b", "rate_bps": 10**11})
print(json.dumps([time.monotonic() - begun, made["lifecycle_state"], made["operational_state"]]))
time.sleep(0.01)
"""


def test_traffic_passes_while_a_lightpath_is_enabled_and_at_no_other_time(
    run: Callable[..., Run],
) -> None:
    done = run(SCENARIO, client=CLIENT)
    assert done.result.met, done.records
    spent_s, *states = json.loads(done.records["client-a.1.out"])
    assert states == ["INSTALLED", "ENABLED"]
    assert 8.0 < spent_s < 8.1  # 5 s of tuning, 3 s of switching, and some round trips of 2 ms
    rows = {(m.kind, m.metric): m.value for m in done.result.measurements}
    assert rows["ping", "loss"] == 0
    assert rows["iperf3", "throughput"] > 95e9
    assert rows["full", "blocked"] == 1  # each site has one transponder
    assert rows["lightpath", "teardown_time"] < 0.05
    answers = done.records["all-along-a.1.out"].count("bytes from")
    assert 9 <= answers <= 12  # lit from 8.0 s to 9.1 s after the first request
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    mine = [(e["event"], e.get("lifecycle")) for e in told if e["subject"] == "mine"]
    assert mine == [
        ("lightpath", "PLANNED"),
        ("lightpath", "INSTALLED"),
        ("lightpath", "PENDING_REMOVAL"),
        ("removed", None),
    ]
    assert 9.0 < next(e["at_s"] for e in told if e.get("lifecycle") == "INSTALLED") < 9.1
