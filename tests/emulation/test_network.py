"""Layers 2 and 3 of the emulated network, seen by programs on its servers."""

import json
from collections.abc import Callable

import pytest

from apn_emu.engine.running import Run

pytestmark = pytest.mark.kernel

RING = """
name: ring
network:
  nodes: [{id: a}, {id: b}, {id: c}, {id: d}]
  links: [{a: a, b: b, km: 10}, {a: b, b: c, km: 10}, {a: c, b: d, km: 10}, {a: d, b: a, km: 15}]
sites: {a: {servers: 2}, b: , c: , d: }
lightpaths:
  - {from: a, to: b, rate: 100G}
  - {from: b, to: c, rate: 100G, count: 2}
  - {from: c, to: d, rate: 100G}
  - {from: d, to: a, rate: 100G}
workloads:
  - {command: "python3 /mnt/scenario/listen.py", on: [a/1, a/2, b, c, d], start: 0 s, name: listen}
  - {command: "python3 /mnt/scenario/send.py", on: a/1, start: 1 s, name: send}
"""

LISTEN = """
import json, socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, 12, 1)  # IP_RECVTTL
s.bind(("", 7000)); s.settimeout(3)
got = []
try:
    while True:
        data, ancillary, _, _ = s.recvmsg(100, 100)
        got.append([data.decode(), int.from_bytes(ancillary[0][2], "little")])
except TimeoutError:
    print(json.dumps(got))
"""

SEND = """
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
s.sendto(b"all", ("10.255.255.255", 7000))
for name in ("b1", "c1", "d1"):
    s.sendto(b"one", (name, 7000))
"""


def test_broadcast_arrives_once_and_transit_counts_the_ttl_down(run: Callable[..., Run]) -> None:
    done = run(RING, listen=LISTEN, send=SEND)
    heard = {
        name.removeprefix("listen-").removesuffix(".out"): json.loads(text)
        for name, text in done.records.items()
        if name.startswith("listen") and name.endswith(".out")
    }
    broadcasts = {place: sum(data == "all" for data, _ in got) for place, got in heard.items()}
    assert broadcasts.pop("a.1") <= 1  # the sender's own copy, by its own kernel
    assert broadcasts == {"a.2": 1, "b.1": 1, "c.1": 1, "d.1": 1}
    ttl = {place: [t for data, t in got if data == "one"] for place, got in heard.items()}
    assert ttl == {"a.1": [], "a.2": [], "b.1": [64], "c.1": [63], "d.1": [64]}


CLIENT = """
name: web
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads:
  - {command: "python3 -m http.server 80", on: b, background: true, name: server}
  - command: [python3, -c, "import urllib.request as u; print(u.urlopen('http://b1/').status)"]
    on: a
    start: 1 s
    name: client
"""


def test_any_program_runs_between_servers(run: Callable[..., Run]) -> None:
    done = run(CLIENT)
    assert done.result.met
    assert done.records["client-a.1.out"] == "200\n"
    assert "GET / HTTP/1.1" in done.records["server-b.1.err"]
