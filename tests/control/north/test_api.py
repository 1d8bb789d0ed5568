"""The REST interface on the service, in the world of model switches: no socket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.control.north.exchange import PROBLEM, Response
from apn_emu.control.north.openapi import description
from tests.control.north.client import Client, X


def code(response: Response) -> tuple[int, str]:
    assert response.media_type == PROBLEM
    assert response.status == response.body["status"]
    return response.status, response.body["code"]


def test_a_lightpath_by_post_put_and_delete() -> None:
    client = Client()
    began = client.begin("POST", "/v1/lightpaths", X)
    assert (began.status, began.body["lifecycle_state"]) == (202, "PLANNED")
    assert began.headers["Location"] == "/v1/lightpaths/x"
    assert not client.api.is_settled("x")
    assert client.begin("POST", "/v1/lightpaths", X).pending == "x"
    assert len(client.ask("GET", "/v1/lightpaths").body) == len(client.world.plan.lightpaths) + 1
    assert client.ask("GET", "/v1/lightpaths/x").body["operational_state"] == "ENABLED"
    again = client.ask("PUT", "/v1/lightpaths/x", {k: v for k, v in X.items() if k != "id"})
    assert (again.status, again.pending) == (200, None)
    assert client.ask("DELETE", "/v1/lightpaths/x").status == 204
    assert code(client.ask("GET", "/v1/lightpaths/x")) == (404, "NOT_FOUND")


def test_waiting_for_the_end_answers_with_it() -> None:
    client = Client()
    assert client.ask("POST", "/v1/lightpaths", X).status == 201
    slower = client.ask("PATCH", "/v1/lightpaths/x", {"rate_bps": 5 * 10**10})
    assert (slower.status, slower.body["rate_bps"]) == (200, 5 * 10**10)
    same = client.ask("PATCH", "/v1/lightpaths/x", {"rate_bps": 5 * 10**10})
    assert (same.status, same.pending) == (200, None)
    too_fast = client.ask("PATCH", "/v1/lightpaths/x", {"rate_bps": 10**12})
    assert code(too_fast) == (409, "MODE_NOT_FEASIBLE")


def test_names_are_given_to_those_that_bring_none() -> None:
    client = Client()
    nameless = {k: v for k, v in X.items() if k != "id"}
    names = [client.ask("POST", "/v1/lightpaths", nameless).body["id"] for _ in range(2)]
    assert names == ["lightpath-1", "lightpath-2"]


def test_a_refused_set_up_tells_why_later_too() -> None:
    client = Client()
    client.world.fails = lambda order: True
    assert code(client.ask("POST", "/v1/lightpaths", X)) == (502, "TRANSPONDER_FAILED")
    assert code(client.ask("GET", "/v1/lightpaths/x")) == (502, "TRANSPONDER_FAILED")
    client.world.fails = lambda order: False
    assert client.ask("POST", "/v1/lightpaths", X).status == 201


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (None, (400, "schema")),
        ({}, (400, "schema")),
        ({**X, "colour": "red"}, (400, "schema")),
        ({**X, "rate_bps": "100G"}, (400, "schema")),
        ({**X, "rate_bps": -1}, (400, "schema")),
        ({**X, "rate_bps": 10**13}, (409, "NO_FEASIBLE_MODE")),
        ({**X, "protection": "2+2"}, (400, "schema")),
        ({**X, "id": "a/b"}, (400, "schema")),
        ({**X, "id": " "}, (422, "BAD_REQUEST")),
        ({**X, "destination": "nowhere"}, (422, "BAD_REQUEST")),
        ({**X, "destination": "a"}, (422, "BAD_REQUEST")),
        ({**X, "mode": "none such"}, (422, "BAD_REQUEST")),
        ({**X, "route": ["a", "e"]}, (422, "BAD_REQUEST")),
        ({**X, "max_latency_us": 1.0}, (409, "NO_PATH_WITH_CONSTRAINT")),
        ({**X, "protection": "1+1"}, (409, "NO_PATH")),
    ],
)
def test_bad_requests(body: Any, expected: tuple[int, str]) -> None:
    client = Client()
    assert code(client.ask("POST", "/v1/lightpaths", body)) == expected
    assert len(client.ask("GET", "/v1/lightpaths").body) == len(client.world.plan.lightpaths)


def test_what_is_not_there() -> None:
    client = Client()
    assert code(client.ask("GET", "/v2")) == (404, "no-resource")
    answer = client.ask("PUT", "/v1/lightpaths")
    assert (code(answer), answer.headers["Allow"]) == ((405, "method"), "GET, POST")
    assert code(client.ask("DELETE", "/v1/lightpaths/y")) == (404, "NOT_FOUND")


def test_resources() -> None:
    client = Client()
    nodes = {node["id"]: node for node in client.ask("GET", "/v1/topology").body["nodes"]}
    assert nodes["a"] == {"id": "a", "transponders": 6, "free_transponders": 3}
    assert len(client.ask("GET", "/v1/service-interface-points").body) == 5
    spectrum = {f["fibre"]: f["channels"] for f in client.ask("GET", "/v1/spectrum").body}
    assert spectrum["c-e"] == []
    assert spectrum["a-b"][0]["upper_thz"] - spectrum["a-b"][0]["lower_thz"] == pytest.approx(0.05)
    assert {"gsnr_01nm_db", "margin_db", "pre_fec_ber"} <= client.ask("GET", "/v1/quality").body[
        0
    ].keys()
    assert client.ask("GET", "/v1/alarms").body == []
    client.world.lose(client.world.plan.roadms[0].dpid)
    assert client.ask("GET", "/v1/alarms").body[0]["kind"] == "SWITCH-LOST"


def test_the_description_names_every_operation_and_schema_once() -> None:
    told = description()
    operations = [op["operationId"] for path in told["paths"].values() for op in path.values()]
    assert len(operations) == len(set(operations)) > 25
    known = told["components"]["schemas"]

    def references(value: Any) -> Any:
        if isinstance(value, dict):
            if "$ref" in value:
                yield value["$ref"].rpartition("/")[2]
            for item in value.values():
                yield from references(item)
        elif isinstance(value, list):
            for item in value:
                yield from references(item)

    assert set(references(told)) <= known.keys()
    assert Client().ask("GET", "/openapi.json").body == told
    shipped = Path(__file__).parents[3] / "docs" / "openapi.json"
    assert json.loads(shipped.read_text()) == json.loads(json.dumps(told))


PATHS = ("/v1/lightpaths", "/v1/lightpaths/x", "/v1/lightpaths/a-b", "/v1/topology", "/")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*X]), inner),
    max_leaves=6,
)
NEAR = st.fixed_dictionaries(
    {}, optional={key: VALUES | st.just(value) for key, value in X.items()}
)
CLIENT = Client()


@settings(deadline=None, derandomize=True)
@given(
    st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE"]),
    st.sampled_from(PATHS),
    VALUES | NEAR,
)
def test_any_request_gets_an_answer(method: str, path: str, body: Any) -> None:
    response = CLIENT.ask(method, path, body)
    assert 200 <= response.status < 500
    assert response.encoded() or response.status in (202, 204)
