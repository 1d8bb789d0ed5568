"""Two operators' controllers and their parent, all real, each operator with its own switches."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from apn_emu.control.domains import domain_view
from apn_emu.errors import EmulationError, InputError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.rest_client import ControllerClient
from apn_emu.scenario.loading import make_scenario, network_of
from tests.controllers.switches import (
    ControllerProcess,
    Switches,
    answers,
    free_port,
    network,
    until,
)

DOMAINS = {"east": ["a", "b"], "west": ["c", "d"]}


def whole() -> Plan:
    scenario = make_scenario(
        {
            "name": "two-operators",
            "network": {
                "nodes": [{"id": node} for node in "abcd"],
                "links": [{"a": a, "b": b, "km": 10} for a, b in ("ab", "bc", "cd")],
            },
            "sites": {node: {"transponders": 3} for node in "abcd"},
            "lightpaths": [{"from": "a", "to": "b", "rate": "100G"}],
        }
    )
    return compile_plan(scenario, network_of(scenario))


class Operators:
    """The domains' controllers and switches, and a client of the parent."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.controllers: dict[str, ControllerProcess] = {}
        self.switches: dict[str, Switches] = {}
        for domain, nodes in DOMAINS.items():
            (folder / domain).mkdir()
            view = domain_view(whole(), nodes)
            controller, switches, _ = stack.enter_context(network(folder / domain, view))
            self.controllers[domain], self.switches[domain] = controller, switches
        port = free_port()
        configuration = {
            "listen": f"127.0.0.1:{port}",
            "domains": {
                domain: f"http://127.0.0.1:{controller.rest_port}"
                for domain, controller in self.controllers.items()
            },
            "borders": [{"id": "b-c", "a": "b", "b": "c", "ports": 2}],
        }
        (folder / "parent.json").write_text(json.dumps(configuration))
        program = ["-m", "apn_emu.controllers.parent", str(folder / "parent.json")]
        parent = subprocess.Popen([sys.executable, *program], env=os.environ)
        stack.callback(parent.communicate)
        stack.callback(parent.kill)
        until(lambda: answers(port), "the parent serves")
        self.parent = ControllerClient(f"http://127.0.0.1:{port}", None)

    def create(self, name: str, **more: Any) -> Any:
        wanted = {"source": "a", "destination": "d", "rate_bps": 10**11, **more}
        return self.parent.ask("PUT", f"/v1/lightpaths/{name}", wanted)

    def delete(self, name: str) -> None:
        self.parent.ask("DELETE", f"/v1/lightpaths/{name}")

    def flows(self) -> dict[str, dict[str, list[str]]]:
        return {domain: switches.all_flows() for domain, switches in self.switches.items()}


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    with ExitStack() as stack:
        yield Operators(tmp_path_factory.mktemp("operators"), stack)


def test_each_operator_sees_only_its_own(operators: Operators) -> None:
    for domain, nodes in DOMAINS.items():
        _, topology = operators.controllers[domain].ask("GET", "/v1/topology")
        assert [node["id"] for node in topology["nodes"]] == nodes
        assert len(topology["links"]) == 1


def test_a_lightpath_over_both_domains(operators: Operators) -> None:
    before = operators.flows()
    made = operators.create("x")
    assert made["lifecycle_state"] == "INSTALLED"
    assert [(s["domain"], s["source"], s["destination"]) for s in made["segments"]] == [
        ("east", "a", "b"),
        ("west", "c", "d"),
    ]
    assert operators.create("x") == made
    for domain, name in (("east", "x.1"), ("west", "x.2")):
        assert operators.controllers[domain].states()[name] == ("INSTALLED", "ENABLED")
        assert operators.flows()[domain] != before[domain]
    operators.delete("x")
    assert operators.flows() == before
    with pytest.raises(InputError, match="NOT_FOUND"):
        operators.delete("x")


def test_what_one_domain_refuses_leaves_nothing_in_the_other(operators: Operators) -> None:
    before = operators.flows()
    west = operators.controllers["west"]
    for number in range(3):
        body = {"source": "c", "destination": "d", "rate_bps": 10**11}
        assert west.ask("PUT", f"/v1/lightpaths/own{number}", body, wait_s=20)[0] == 201
    with pytest.raises(EmulationError, match="NO_TRANSPONDER: west: "):
        operators.create("x")
    assert operators.parent.ask("GET", "/v1/lightpaths") == []
    assert operators.flows()["east"] == before["east"]
    for number in range(3):
        assert west.ask("DELETE", f"/v1/lightpaths/own{number}", wait_s=20)[0] == 204
    assert operators.flows() == before
    with pytest.raises(InputError, match="BAD_REQUEST: no domain has a site"):
        operators.create("x", destination="z")
