"""The controller and real switches on the host: rules, refusals, losses, reconnections, clients."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from apn_emu.errors import EmulationError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.rest_client import ControllerClient
from apn_emu.scenario.loading import make_scenario, network_of
from tests.controllers.switches import (
    NOWHERE,
    Agents,
    ControllerProcess,
    Switches,
    network,
    until,
)

Net = tuple[ControllerProcess, Switches, Agents]


def triangle() -> Plan:
    scenario = make_scenario(
        {
            "name": "triangle",
            "network": {
                "nodes": [{"id": node} for node in "abc"],
                "links": [{"a": a, "b": b, "km": 10} for a, b in ("ab", "bc", "ca")],
            },
            "sites": {node: {"transponders": 10} for node in "abc"},
            "lightpaths": [{"mesh": "full", "rate": "100G", "count": 2}],
            "control": {"management_delay": "0 s", "keep_alive": "3 s"},
        }
    )
    return compile_plan(scenario, network_of(scenario))


@pytest.fixture(scope="module", params=["os-ken", pytest.param("ryu", marks=pytest.mark.kernel)])
def net(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    python: Path | None = None
    if request.param == "ryu":
        python = request.getfixturevalue("ryu_python")
    folder = tmp_path_factory.mktemp("net")
    with network(folder, triangle(), python) as it:
        yield it


WANTED = {"source": "a", "destination": "c", "rate_bps": 10**11}


def create(controller: ControllerProcess, name: str, **more: Any) -> tuple[int, Any]:
    return controller.ask("POST", "/v1/lightpaths", {"id": name, **WANTED, **more}, wait_s=20)


def delete(controller: ControllerProcess, name: str) -> int:
    return controller.ask("DELETE", f"/v1/lightpaths/{name}", wait_s=20)[0]


def ages(switches: Switches, bridge: str) -> list[float]:
    """Return how long each rule has stood, in seconds."""
    flows = switches.ofctl("dump-flows", bridge)
    return sorted(float(age) for age in re.findall(r"duration=([\d.]+)s", flows))


def connections(controller: ControllerProcess, dpid: int) -> int:
    return sum(
        event["event"] == "switch" and event["subject"] == f"{dpid:#x}" and event["connected"]
        for event in list(controller.events)
    )


def reconnect(controller: ControllerProcess, switches: Switches, bridge: str) -> None:
    dpid = switches.bridges[bridge]
    before = connections(controller, dpid)
    switches.reconnect(bridge)
    until(lambda: connections(controller, dpid) > before, f"{bridge} connects again")


def test_a_lightpath_comes_and_goes(net: Net) -> None:
    controller, switches, _ = net
    before = switches.all_flows()
    status, body = create(controller, "x")
    assert (status, body["lifecycle_state"], body["operational_state"]) == (
        201,
        "INSTALLED",
        "ENABLED",
    )
    assert create(controller, "x")[0] == 200
    assert create(controller, "x", destination="b")[1]["code"] == "CONFLICT"
    during = switches.all_flows()
    assert {b for b in before if before[b] != during[b]} >= {"r1", "r3", "t1", "t3"}
    assert "output:1003" in switches.ofctl("dump-groups", "s1")
    assert delete(controller, "x") == 204
    assert delete(controller, "x") == 404
    assert switches.all_flows() == before


def test_what_a_switch_refuses_is_undone_everywhere(net: Net) -> None:
    controller, switches, _ = net
    before = switches.all_flows()
    full = "--id=@t create Flow_Table flow_limit=4 overflow_policy=refuse"
    switches.vsctl(*full.split(), "--", "set", "bridge", "r3", "flow_tables:0=@t")
    status, body = create(controller, "x")
    assert (status, body["code"]) == (502, "SWITCH_REFUSED")
    assert "switch 0x10003 refused a rule" in body["detail"]
    assert controller.ask("GET", "/v1/lightpaths/x") == (502, body)
    assert switches.all_flows() == before
    switches.vsctl("clear", "bridge", "r3", "flow_tables")
    assert create(controller, "x")[0] == 201
    assert delete(controller, "x") == 204


def test_what_the_transponders_refuse_is_undone_everywhere(net: Net) -> None:
    controller, switches, agents = net
    before = switches.all_flows()
    agents.failing = {"Enable"}
    assert create(controller, "x")[1]["code"] == "TRANSPONDER_FAILED"
    agents.failing = set()
    assert switches.all_flows() == before


def test_a_switch_that_comes_again_is_put_right_without_interruption(net: Net) -> None:
    controller, switches, _ = net
    before, old = switches.flows("r1"), ages(switches, "r1")
    switches.ofctl("del-flows", "r1", "in_port=1,dl_vlan=1")
    switches.ofctl("add-flow", "r1", "priority=7,in_port=9,actions=output:8")
    reconnect(controller, switches, "r1")
    assert switches.flows("r1") == before
    new = ages(switches, "r1")
    assert len(new) == len(old)
    assert new[0] < old[0] < new[1]  # one rule was written, the others stood all the time


def test_groups_are_recognised_too(net: Net) -> None:
    controller, switches, _ = net
    groups, old = switches.ofctl("dump-groups", "s2"), ages(switches, "s2")
    reconnect(controller, switches, "s2")
    assert switches.ofctl("dump-groups", "s2") == groups
    assert ages(switches, "s2")[0] > old[0]


def test_switches_that_lost_everything_get_it_again(net: Net) -> None:
    controller, switches, _ = net
    before = switches.all_flows()
    counts = {dpid: connections(controller, dpid) for dpid in switches.bridges.values()}
    switches.signal(signal.SIGKILL)
    switches.start()
    until(
        lambda: all(connections(controller, dpid) > n for dpid, n in counts.items()),
        "all switches connect again",
    )
    assert switches.all_flows() == before


def test_a_dead_switch_is_noticed_by_its_keep_alive(net: Net) -> None:
    controller, switches, _ = net
    switches.signal(signal.SIGSTOP)
    until(lambda: controller.ask("GET", "/v1/alarms")[1], "the loss is noticed")
    assert controller.ask("GET", "/v1/alarms")[1][0]["kind"] == "SWITCH-LOST"
    until(lambda: create(controller, "x")[1]["code"] == "SWITCH_UNREACHABLE", "all are lost")
    switches.signal(signal.SIGCONT)
    until(lambda: controller.ask("GET", "/v1/alarms") == (200, []), "all are back")
    assert create(controller, "x")[0] == 201
    assert delete(controller, "x") == 204


HELLO = struct.pack(">BBHI", 4, 0, 8, 1)


def features(dpid: int) -> bytes:
    return struct.pack(">BBHIQIBBxxII", 4, 6, 32, 2, dpid, 0, 254, 0, 0, 0)


PEERS = {
    "silent": b"",
    "random": bytes(range(256)) * 8,
    "cut off": HELLO[:5],
    "length 0": struct.pack(">BBHI", 4, 0, 0, 1) * 50,
    "length 65535": struct.pack(">BBHI", 4, 19, 65535, 1) + bytes(1000),
    "old version": struct.pack(">BBHI", 1, 0, 8, 1),
    "version 255": struct.pack(">BBHI", 255, 0, 8, 1),
    "unknown type": HELLO + struct.pack(">BBHI", 4, 99, 8, 1),
    "short features": HELLO + struct.pack(">BBHI", 4, 6, 12, 2) + bytes(4),
    "unknown switch": HELLO + features(0xDEAD),
    "stranger's barrier": HELLO + features(0xDEAD) + struct.pack(">BBHI", 4, 21, 8, 1) * 20,
    "bad statistics": HELLO
    + features(0xDEAD)
    + struct.pack(">BBHIHHI", 4, 19, 16, 1 << 31, 1, 0, 0)
    + struct.pack(">BBHIHHI", 4, 19, 24, 1 << 31, 7, 0, 0)
    + b"\xff" * 8,
}


def peer(controller: ControllerProcess, data: bytes) -> None:
    """Connect to the OpenFlow port, send, and leave."""
    with contextlib.suppress(OSError):
        with socket.create_connection(("127.0.0.1", controller.port), timeout=5) as connection:
            connection.sendall(data)
            connection.recv(8)


def test_malformed_and_countless_peers_leave_nothing_behind(net: Net) -> None:
    controller, switches, _ = net
    peer(controller, b"")
    threads, files = controller.threads(), controller.open_files()
    before = switches.all_flows()
    for _ in range(20):
        for data in PEERS.values():
            peer(controller, data)
    for _ in range(5):
        reconnect(controller, switches, "t2")
    until(lambda: controller.threads() <= threads, "all threads end")
    until(lambda: controller.open_files() <= files, "all connections are closed")
    assert switches.all_flows() == before
    assert controller.ask("GET", "/v1/alarms") == (200, [])
    assert create(controller, "x")[0] == 201
    assert delete(controller, "x") == 204


def switch_for_a_moment(controller: ControllerProcess, dpid: int) -> None:
    """Be an empty switch: answer every request until the first barrier, then break off."""
    with socket.create_connection(("127.0.0.1", controller.port), timeout=20) as connection:
        connection.sendall(HELLO)
        stream = connection.makefile("rb")
        while True:
            version, kind, length, xid = struct.unpack(">BBHI", stream.read(8))
            body = stream.read(length - 8)
            if kind == 5:  # features
                connection.sendall(features(dpid))
            elif kind == 18:  # multipart: what there is none of
                connection.sendall(struct.pack(">BBHI", version, 19, 16, xid) + body[:2] + bytes(6))
            elif kind == 20:  # barrier
                connection.sendall(struct.pack(">BBHI", version, 21, 8, xid))
                return


def test_two_hundred_reconnections_leave_nothing_behind(net: Net) -> None:
    controller, switches, _ = net
    switches.vsctl("set-controller", "s2", NOWHERE)
    until(lambda: controller.ask("GET", "/v1/alarms")[1], "its loss is noticed")
    threads, files = controller.threads(), controller.open_files()
    for _ in range(200):
        switch_for_a_moment(controller, switches.bridges["s2"])
    until(lambda: controller.threads() <= threads, "all threads end")
    until(lambda: controller.open_files() <= files, "all connections are closed")
    switches.vsctl("set-controller", "s2", switches.controller)
    until(lambda: controller.ask("GET", "/v1/alarms") == (200, []), "it is back")
    assert create(controller, "x")[0] == 201
    assert delete(controller, "x") == 204


def test_a_switch_that_does_not_read_holds_up_nobody(net: Net) -> None:
    controller, switches, _ = net
    with socket.create_connection(("127.0.0.1", controller.port)) as deaf:
        deaf.sendall(HELLO + features(switches.bridges["t2"]))
        deaf.sendall(struct.pack(">BBHI", 4, 2, 8, 1) * 100_000)  # echo requests
        assert create(controller, "x")[0] == 201
        assert delete(controller, "x") == 204


def test_clients_at_once_never_share_spectrum_and_leave_nothing(net: Net) -> None:
    controller, switches, _ = net
    before = switches.all_flows()
    outcomes: list[int] = []

    def client(number: int) -> None:
        for turn in range(4):
            ends = [("a", "b"), ("b", "c"), ("c", "a")][(number + turn) % 3]
            more = {"source": ends[0], "destination": ends[1]}
            outcomes.append(create(controller, f"x{number}-{turn}", **more)[0])
            if turn % 2:
                outcomes.append(delete(controller, f"x{number}-{turn}"))

    clients = [threading.Thread(target=client, args=(number,)) for number in range(8)]
    for thread in clients:
        thread.start()
    for thread in clients:
        thread.join()
    assert set(outcomes) <= {201, 204, 404, 409, 502}
    assert outcomes.count(201) >= 8
    for fibre in controller.ask("GET", "/v1/spectrum")[1]:
        channels = fibre["channels"]
        for lower, upper in itertools.pairwise(channels):
            assert lower["upper_thz"] <= upper["lower_thz"] + 1e-9
    for node in controller.ask("GET", "/v1/topology")[1]["nodes"]:
        assert 0 <= node["free_transponders"] <= node["transponders"]
    names = [name for name in controller.states() if name.startswith("x")]
    assert names
    for name in names:
        assert delete(controller, name) == 204
    assert switches.all_flows() == before


def test_the_stream_of_events(net: Net) -> None:
    controller, _, _ = net
    assert create(controller, "x")[0] == 201
    request = "GET /v1/events HTTP/1.1\r\nLast-Event-ID: 0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", controller.rest_port), timeout=20) as stream:
        stream.sendall(request.encode())
        text = b""
        assert delete(controller, "x") == 204
        while b"event: removed" not in text:
            text += stream.recv(1 << 16)
    assert b"Content-Type: text/event-stream" in text
    assert re.search(rb'"subject": "x", "data": \{"lifecycle": "INSTALLED"', text)
    numbers = [int(number) for number in re.findall(rb"id: (\d+)\n", text)]
    assert numbers == list(range(1, numbers[-1] + 1))


def command(controller: ControllerProcess, *words: str) -> tuple[int, str]:
    """Run `apn-emu lightpath`; return its exit code and all that it printed."""
    url = f"http://127.0.0.1:{controller.rest_port}"
    done = subprocess.run(
        [sys.executable, "-m", "apn_emu", "lightpath", "--url", url, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "150"},
    )
    return done.returncode, done.stdout


def test_the_command_line(net: Net) -> None:
    controller, _, _ = net
    code, text = command(controller, "create", "a", "c", "--id", "mine", "--rate", "50G", "--json")
    assert (code, json.loads(text)["rate_bps"]) == (0, 5 * 10**10)
    code, text = command(controller, "list")
    assert code == 0
    assert re.search(r"mine +a-c +50 Gbit/s .* dB +ENABLED", text)
    assert command(controller, "delete", "mine") == (0, "mine: deleted\n")
    code, text = command(controller, "show", "mine")
    assert (code, text) == (2, "error: NOT_FOUND: there is no lightpath mine\n")
    code, text = command(controller, "create", "a", "c", "--rate", "9T")
    assert code == 4
    assert "NO_FEASIBLE_MODE" in text
    assert command(controller, "create", "a", "c", "--rate", "fast")[0] == 2


def test_a_client_behind_a_socket_file(net: Net, tmp_path: Path) -> None:
    controller, _, _ = net
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        server.listen()

        def forward() -> None:
            near, _ = server.accept()
            with near, socket.create_connection(("127.0.0.1", controller.rest_port)) as far:
                far.sendall(near.recv(1 << 16))
                far.shutdown(socket.SHUT_WR)
                while answer := far.recv(1 << 16):
                    near.sendall(answer)

        thread = threading.Thread(target=forward)
        thread.start()
        client = ControllerClient("", tmp_path / "socket")
        assert client.ask("GET", "/v1/alarms") == []
        thread.join()
    with pytest.raises(EmulationError, match="no controller answers"):
        ControllerClient("", tmp_path / "none").ask("GET", "/v1/alarms")
