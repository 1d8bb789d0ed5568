"""Two operators and a parent in one emulated machine: packets cross the border at light's pace."""

import json
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

SCENARIO = """
name: two-operators
network:
  nodes: [{id: a}, {id: b}, {id: x}, {id: c}, {id: d}]
  links:
    - {a: a, b: b, km: 30}
    - {a: a, b: x, km: 40}
    - {a: x, b: b, km: 40}
    - {a: b, b: c, km: 20}
    - {a: c, b: d, km: 50}
domains: {east: [a, b, x], west: [c, d]}
borders: {b-c: 3}
sites: {a: {transponders: 3}, c: {transponders: 1}, d: {transponders: 1}}
lightpaths: [{from: a, to: d, rate: 100G, protection: restoration}]
control: {tuning: 10 ms, wss: 10 ms, detection: 2 ms, computing: 0 s}
workloads:
  - {ping: [[a, d]], count: 3, name: planned}
  - {iperf3: [[a, d]], streams: 2}
  - {lightpath: create, id: extra, from: a, to: c, rate: 100G}
  - {ping: [[a, c]], count: 3, name: on-demand}
  - {command: python3 /mnt/scenario/client.py, on: a, name: client}
  - {lightpath: delete, id: extra}
  - {command: ping -n -c 1 -W 1 c1, on: a, name: dark, expect_exit: 1}
  - {probe: [[a, d]], interval: 50 us, start: 4 s, duration: 0.3 s}
  - {lightpath: delete, id: a-d, name: gone, start: 5 s}
events:
  - {at: 4.05 s, cut: a-b}
  - {at: 4.2 s, cut: b-c}
  - {at: 4.25 s, repair: b-c}
"""

CLIENT = """
import json, urllib.error, urllib.request
def ask(method, port, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    url = f"http://controller:{port}{path}"
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        return json.load(urllib.request.urlopen(request))
    except urllib.error.HTTPError as error:
        return json.load(error)
def held():
    paths = ("lightpaths", "spectrum", "service-interface-points", "alarms")
    return [ask("GET", port, f"/v1/{path}") for port in (8182, 8183) for path in paths]
before = held()
full = ask("PUT", 8181, "/v1/lightpaths/full", {"source": "a", "destination": "d", "rate_bps": 1})
print(json.dumps([full["code"], full["detail"], held() == before]))
nodes = [[n["id"] for n in ask("GET", p, "/v1/topology")["nodes"]] for p in (8182, 8183)]
print(json.dumps(nodes))
print(json.dumps([p["id"] for p in ask("GET", 8181, "/v1/lightpaths")]))
"""


def test_packets_cross_the_border(run: Callable[..., Run]) -> None:
    done = run(SCENARIO, client=CLIENT)
    assert done.result.met, done.records
    rows = [(m.kind, m.metric, m.value) for m in done.result.measurements]
    planned_s = done.plan.round_trip_ns("a", "d") / 1e9
    # 100 km of glass there and back, twice the transceivers of one lightpath
    assert planned_s == pytest.approx(2 * (489.67e-6 + 8e-6), abs=3e-6)
    rtts_s = [value for kind, metric, value in rows if (kind, metric) == ("planned", "rtt")]
    assert rtts_s == pytest.approx([planned_s] * 3, abs=1e-6)
    values = {(kind, metric): value for kind, metric, value in rows}
    assert values["planned", "loss"] == values["on-demand", "loss"] == 0
    assert values["iperf3", "throughput"] > 95e9
    assert values["iperf3", "retransmits"] == 0
    assert 0.02 < values["lightpath", "setup_time"] < 0.05
    refused, nodes, lightpaths = map(json.loads, done.records["client-a.1.out"].splitlines())
    code, detail, nothing_left = refused
    assert code == "NO_TRANSPONDER"
    assert detail.startswith("west: d has 1 transponders")
    assert nothing_left
    assert nodes == [["a", "b", "x", "b~c"], ["c", "d", "c~b"]]
    assert lightpaths == ["a-d", "extra"]

    first, border, _ = done.result.events
    for outage in first.outages:  # restored by its own operator, over x
        assert outage.measured_s == pytest.approx(outage.planned_s, abs=100e-6)
    (restored,) = [action for action in first.actions if action.kind == "restored"]
    assert restored.text == "a-d.1 over a-x-b-b~c"
    for outage in border.outages:
        assert outage.measured_s == pytest.approx(50e-3, abs=1e-3)
    assert len(border.outages) == 2
    told = [json.loads(line) for line in done.records["controller.jsonl"].splitlines()]
    states = [
        (event["operational"], event["reason"].split(" ")[:2])
        for event in told
        if event["subject"] == "a-d" and event["event"] == "lightpath"
    ]
    expected = ["DISABLED", "ENABLED", "DISABLED", "ENABLED", "DISABLED"]  # by its removal, last
    assert [state for state, _ in states] == expected
    assert values["gone", "teardown_time"] < 0.05
    assert states[0][1] == ["east:", "LOS"] or states[0][1] == ["east:", "OMS-LOS"]
