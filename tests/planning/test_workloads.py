"""Workloads must have a way between their servers, or a chance that one is lit."""

from typing import Any

import pytest

from apn_emu.errors import InputError
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.plan import Plan
from apn_emu.scenario.loading import make_scenario, network_of


def planned(site: dict[str, Any], *workloads: dict[str, Any]) -> Plan:
    scenario = make_scenario(
        {
            "name": "apart",
            "network": {
                "nodes": [{"id": node} for node in "abc"],
                "links": [{"a": "a", "b": "b", "km": 10}, {"a": "b", "b": "c", "km": 10}],
            },
            "sites": {"a": site, "b": {}, "c": site},
            "lightpaths": [{"from": "a", "to": "b", "rate": "100G"}],
            "workloads": list(workloads),
        }
    )
    return compile_plan(scenario, network_of(scenario))


PROGRAMS = ({"ping": [["a", "c"]]}, {"iperf3": [["a", "b"], ["b", "c"]], "warm_up": "10 ms"})


def test_programs_between_sites_without_a_way_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        planned({}, *PROGRAMS)
    assert [str(problem) for problem in caught.value.problems] == [
        "workloads.0.ping: no lightpaths lead from a to c; add one under lightpaths",
        "workloads.1.iperf3: no lightpaths lead from b to c; add one under lightpaths",
    ]


def test_programs_may_wait_for_lightpaths_where_transponders_are_left() -> None:
    assert len(planned({"transponders": 2}, *PROGRAMS).workloads) == 2


def test_a_collective_over_sites_without_a_way_is_refused() -> None:
    with pytest.raises(InputError, match="no lightpaths lead from a to c"):
        planned({}, {"collective": "all-reduce", "sizes": ["1 kB"]})
    together = {"collective": "all-reduce", "sizes": ["1 kB"], "on": ["a", "b"]}
    assert len(planned({}, together).workloads) == 1


def test_a_lightpath_that_nobody_made_cannot_be_deleted() -> None:
    spare = {"transponders": 2}
    made = {"lightpath": "create", "id": "extra", "from": "a", "to": "c"}
    planned(spare, made, *({"lightpath": "delete", "id": name} for name in ("extra", "a-b")))
    planned(spare, {"lightpath": "delete", "id": "nobody", "may_be_refused": True})
    program = {"command": "curl -X PUT http://controller:8181/v1/lightpaths/own", "on": "a/1"}
    planned(spare, program, {"lightpath": "delete", "id": "own"})
    with pytest.raises(InputError) as caught:
        planned(spare, made, {"lightpath": "delete", "id": "extro"})
    assert str(caught.value) == (
        "workloads.1.lightpath: there is no lightpath extro to delete;"
        " did you mean extra?; known: a-b, extra"
    )
