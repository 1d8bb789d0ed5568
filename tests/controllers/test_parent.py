"""Two operators' controllers and their parent, all real, each operator with its own switches."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from apn_emu.cli.lightpath import command
from apn_emu.control.domains import operators as operators_of
from apn_emu.control.domains import parent_configuration
from apn_emu.control.transponders import AlarmKind, Disable, PathAlarm, Tune
from apn_emu.errors import EmulationError, InputError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.rest_client import ControllerClient
from apn_emu.scenario.loading import make_scenario, network_of
from tests.controllers.switches import (
    Agents,
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
            "domains": DOMAINS,
            "borders": {"b-c": 2},
            "sites": {node: {"transponders": 3} for node in "abcd"},
            "lightpaths": [
                {"from": "a", "to": "b", "rate": "100G"},
                {"from": "a", "to": "d", "rate": "100G"},
            ],
        }
    )
    return compile_plan(scenario, network_of(scenario))


class Operators:
    """The domains' controllers and switches, and a client of the parent."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.controllers: dict[str, ControllerProcess] = {}
        self.switches: dict[str, Switches] = {}
        self.agents: dict[str, Agents] = {}
        plan = whole()
        for operator in operators_of(plan):
            name = operator.name
            (folder / name).mkdir()
            running = stack.enter_context(network(folder / name, operator.view))
            self.controllers[name], self.switches[name], self.agents[name] = running
        port = free_port()
        urls = {name: f"http://127.0.0.1:{c.rest_port}" for name, c in self.controllers.items()}
        configuration = parent_configuration(plan, urls, f"127.0.0.1:{port}")
        (folder / "parent.json").write_text(json.dumps(configuration))
        program = ["-m", "apn_emu.controllers.parent", str(folder / "parent.json")]
        parent = subprocess.Popen([sys.executable, *program], stdout=subprocess.DEVNULL)
        stack.callback(parent.communicate)
        stack.callback(parent.kill)
        until(lambda: answers(port), "the parent serves")
        self.url = f"http://127.0.0.1:{port}"
        self.parent = ControllerClient(self.url, None)

    def create(self, name: str, **more: Any) -> Any:
        wanted = {"source": "a", "destination": "d", "rate_bps": 10**11, **more}
        return self.parent.ask("PUT", f"/v1/lightpaths/{name}", wanted)

    def show(self, name: str) -> Any:
        return self.parent.ask("GET", f"/v1/lightpaths/{name}")

    def delete(self, name: str) -> None:
        self.parent.ask("DELETE", f"/v1/lightpaths/{name}")

    def held(self) -> dict[str, Any]:
        """Return what stands in each domain: rules, spectrum, transponders that are tuned."""
        return {
            domain: (
                self.switches[domain].all_flows(),
                controller.ask("GET", "/v1/spectrum"),
                self.tuned(domain),
            )
            for domain, controller in self.controllers.items()
        }

    def tuned(self, domain: str) -> set[str]:
        tuned: set[str] = set()
        for order in self.agents[domain].orders:
            if isinstance(order, Tune):
                tuned.add(order.path.id)
            elif isinstance(order, Disable):
                tuned.discard(order.path)
        return tuned


@pytest.fixture(scope="module")
def operators(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operators]:
    with ExitStack() as stack:
        yield Operators(tmp_path_factory.mktemp("operators"), stack)


def test_each_operator_sees_only_its_own(operators: Operators) -> None:
    ends = {"east": "b~c", "west": "c~b"}
    for domain, nodes in DOMAINS.items():
        _, topology = operators.controllers[domain].ask("GET", "/v1/topology")
        assert [node["id"] for node in topology["nodes"]] == [*nodes, ends[domain]]
        assert len(topology["links"]) == 2
    lightpaths = operators.controllers["east"].states()
    assert sorted(lightpaths) == ["a-b", "a-d.1"]


def test_the_parent_takes_over_what_the_plan_lights(operators: Operators) -> None:
    alone, through = operators.parent.ask("GET", "/v1/lightpaths")
    assert alone["segments"] == [{"id": "a-b", "domain": "east", "source": "a", "destination": "b"}]
    assert (through["id"], through["lifecycle_state"]) == ("a-d", "INSTALLED")
    assert through["borders"] == [{"id": "b-c", "port": 1}]
    assert operators.tuned("east") == set()  # it was lit, not set up anew


def test_a_lightpath_over_both_domains(operators: Operators) -> None:
    before = operators.held()
    made = operators.create("x")
    assert made["lifecycle_state"] == "INSTALLED"
    assert made["borders"] == [{"id": "b-c", "port": 2}]
    assert [(s["domain"], s["source"], s["destination"]) for s in made["segments"]] == [
        ("east", "a", "b~c"),
        ("west", "c~b", "d"),
    ]
    assert operators.create("x") == made
    for domain, name in (("east", "x.1"), ("west", "x.2")):
        assert operators.controllers[domain].states()[name] == ("INSTALLED", "ENABLED")
        assert operators.held()[domain][0] != before[domain][0]
    with pytest.raises(EmulationError, match="NO_PATH: no free border"):
        operators.create("y")
    operators.delete("x")
    assert operators.held() == before
    with pytest.raises(InputError, match="NOT_FOUND"):
        operators.delete("x")


def test_the_command_speaks_to_the_parent(operators: Operators) -> None:
    def printed(*words: str) -> str:
        result = CliRunner().invoke(command, ["--url", operators.url, *words])
        assert result.exit_code == 0, result.output
        return result.output

    assert "lightpath-1" in printed("create", "b", "c", "--rate", "100G")  # it chose the id
    listed = printed("list")
    for way in ("a-b ", "a-b~c | c~b-d", "b-b~c | c~b-c"):
        assert way in listed
    printed("delete", "lightpath-1")
    assert "lightpath-1" not in printed("list")


def test_what_one_domain_refuses_leaves_nothing_in_the_other(operators: Operators) -> None:
    west = operators.controllers["west"]
    for number in range(2):
        body = {"source": "c", "destination": "d", "rate_bps": 10**11}
        assert west.ask("PUT", f"/v1/lightpaths/own{number}", body, wait_s=20)[0] == 201
    before = operators.held()
    with pytest.raises(EmulationError, match="NO_TRANSPONDER: west: d has 3 transponders"):
        operators.create("x")
    assert [p["id"] for p in operators.parent.ask("GET", "/v1/lightpaths")] == ["a-b", "a-d"]
    assert operators.held() == before
    for number in range(2):
        assert west.ask("DELETE", f"/v1/lightpaths/own{number}", wait_s=20)[0] == 204
    body = {"source": "c", "destination": "c~b", "rate_bps": 10**11}
    assert west.ask("PUT", "/v1/lightpaths/own", body)[1]["code"] == "BAD_REQUEST"
    for wrong in ({"destination": "z"}, {"destination": "c~b"}, {"protection": "1+1"}):
        with pytest.raises(InputError, match="BAD_REQUEST"):
            operators.create("x", **wrong)


def test_a_segment_without_light_disables_the_whole(operators: Operators) -> None:
    def state() -> tuple[str, str]:
        through = operators.show("a-d")
        return through["operational_state"], through["reason"]

    assert state() == ("ENABLED", "")
    operators.agents["east"].tell(PathAlarm(AlarmKind.LOS, "a-d.1", "a", raised=True))
    until(lambda: state()[0] == "DISABLED", "it is disabled")
    assert state()[1] == "east: LOS a-d.1 at a"
    operators.agents["east"].tell(PathAlarm(AlarmKind.LOS, "a-d.1", "a", raised=False))
    until(lambda: state() == ("ENABLED", ""), "it works again")
