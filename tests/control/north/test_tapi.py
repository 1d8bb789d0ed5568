"""The T-API shape: operations and data over RESTCONF, and that every reference leads somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from apn_emu.control.north.exchange import YANG
from tests.control.north.client import Client

OPERATIONS = "/restconf/operations"
CONTEXT = "/restconf/data/tapi-common:context"
SERVICES = f"{CONTEXT}/tapi-connectivity:connectivity-context/connectivity-service"
MINE = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"


def call(client: Client, operation: str, **leaves: Any) -> Any:
    """Return the output of an operation."""
    module = operation.partition(":")[0]
    names = {name.replace("_", "-"): value for name, value in leaves.items()}
    body = {f"{module}:input": names} if names else None
    answer = client.ask("POST", f"{OPERATIONS}/{operation}", body)
    assert answer.media_type == YANG
    if answer.status >= 400 or answer.body is None:
        return answer
    return answer.body[f"{module}:output"]


def points(client: Client) -> dict[str, str]:
    found = call(client, "tapi-common:get-service-interface-point-list")["sip"]
    return {point["name"][0]["value"]: point["uuid"] for point in found}


def ends(client: Client, *sites: str) -> list[dict[str, Any]]:
    known = points(client)
    return [
        {
            "local-id": site,
            "service-interface-point": {"service-interface-point-uuid": known.get(site, site)},
        }
        for site in sites
    ]


SIZE = {"total-size": {"value": 100, "unit": "GBPS"}}
HALF = {"total-size": {"value": 50, "unit": "GBPS"}}


def create(client: Client, *sites: str, size: Any = SIZE, **more: Any) -> Any:
    return call(
        client,
        "tapi-connectivity:create-connectivity-service",
        end_point=ends(client, *sites),
        connectivity_constraint={"requested-capacity": size},
        **more,
    )


def test_a_service_by_operations() -> None:
    client = Client()
    made = create(client, "a", "e")["service"]
    assert made["lifecycle-state"] == "INSTALLED"
    assert made["operational-state"] == "ENABLED"
    assert made["requested-capacity"]["total-size"] == {"value": 100_000, "unit": "MBPS"}
    module = "tapi-connectivity"
    listed = call(client, f"{module}:get-connectivity-service-list")["service"]
    assert made in listed
    for name in (made["uuid"], made["name"][0]["value"]):
        found = call(client, f"{module}:get-connectivity-service-details", service_id_or_name=name)
        assert found["service"] == made
    smaller = call(
        client,
        f"{module}:update-connectivity-service",
        service_id_or_name=made["uuid"],
        connectivity_constraint={
            "requested-capacity": {"total-size": {"value": 50, "unit": "GBPS"}}
        },
    )
    assert smaller["service"]["requested-capacity"]["total-size"]["value"] == 50_000
    gone = f"{module}:delete-connectivity-service"
    assert call(client, gone, service_id_or_name=made["uuid"]).status == 204
    assert call(client, gone, service_id_or_name=made["uuid"]).status == 404


def test_a_service_as_data_under_the_clients_own_id() -> None:
    client = Client()
    data = {"end-point": ends(client, "a", "c"), "requested-capacity": SIZE}
    data["resilience-type"] = {"protection-type": "ONE_PLUS_ONE_PROTECTION"}
    body = {"tapi-connectivity:connectivity-service": [data]}
    first = client.ask("PUT", f"{SERVICES}={MINE}", body)
    assert (first.status, first.headers["Location"]) == (201, f"{SERVICES}={MINE}")
    assert client.ask("PUT", f"{SERVICES}={MINE}", body).status == 204
    shown = client.ask("GET", f"{SERVICES}={MINE}").body["tapi-connectivity:connectivity-service"]
    assert shown[0]["uuid"] == MINE
    assert len(shown[0]["connection"]) == 2
    assert client.ask("DELETE", f"{SERVICES}={MINE}").status == 204
    assert client.ask("GET", f"{SERVICES}={MINE}").status == 404


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"end_point": []}, 400, "schema"),
        ({"size": {"total-size": {"value": 1, "unit": "GHz"}}}, 400, "schema"),
        ({"size": {"total-size": {"value": 9000, "unit": "GBPS"}}}, 409, "NO_FEASIBLE_MODE"),
        ({"sites": ("a", "nowhere")}, 422, "BAD_REQUEST"),
        ({"sites": ("a", "a")}, 422, "BAD_REQUEST"),
        ({"resilience_constraint": {"resilience-type": {"protection-type": 1}}}, 400, "schema"),
    ],
)
def test_errors_have_restconfs_shape(change: dict[str, Any], status: int, code: str) -> None:
    client = Client()
    sites = change.pop("sites", ("a", "e"))
    if "end_point" in change:
        sites = ()
        del change["end_point"]
    answer = create(client, *sites, **change)
    assert answer.status == status
    (error, *_) = answer.body["ietf-restconf:errors"]["error"]
    assert error["error-app-tag"] == code
    assert error["error-type"] == "application"
    assert error["error-message"]


def test_nothing_may_stand_beside_the_input() -> None:
    body = {"a": {}, "tapi-common:input": {"sip-id-or-name": "a"}}
    path = f"{OPERATIONS}/tapi-common:get-service-interface-point-details"
    assert Client().ask("POST", path, body).status == 400
    del body["a"]
    assert Client().ask("POST", path, body).status == 200


def values(value: Any, key: str) -> Iterator[Any]:
    """Yield every value of a key, however deep."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == key:
                yield item
            yield from values(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from values(item, key)


def test_every_reference_leads_to_an_object() -> None:
    client = Client()
    assert create(client, "a", "e")["service"]
    context = client.ask("GET", CONTEXT).body["tapi-common:context"]
    ids = list(values(context, "uuid"))
    assert len(ids) == len(set(ids))
    for kind in (
        "topology",
        "node",
        "node-edge-point",
        "connection-end-point",
        "service-interface-point",
        "connection",
    ):
        references = set(values(context, f"{kind}-uuid"))
        assert references
        assert references <= set(ids)
    (topology,) = context["tapi-topology:topology-context"]["topology"]
    assert len(topology["node"]) == 5
    for link in topology["link"]:
        assert len(link["node-edge-point"]) == 2
    bands = list(values(topology, "occupied-spectrum"))
    assert {"lower-frequency": 191_325_000, "upper-frequency": 191_375_000} in bands[0]


def test_qualifiers_are_identities_of_the_model() -> None:
    """Each is one that T-API 2.1.3 defines and has not replaced by another."""
    context = Client().ask("GET", CONTEXT).body["tapi-common:context"]
    for key, identity in (
        ("supported-layer-protocol-qualifier", "tapi-common:LAYER_PROTOCOL_QUALIFIER_UNSPECIFIED"),
        (
            "supported-cep-layer-protocol-qualifier",
            "tapi-photonic-media:PHOTONIC_LAYER_QUALIFIER_OTSiMC",
        ),
    ):
        found = list(values(context, key))
        assert found
        assert all(qualifiers == [identity] for qualifiers in found)


def test_the_topology_and_routes() -> None:
    client = Client()
    operation = "tapi-topology:get-topology-details"
    named = call(client, operation, topology_id_or_name=client.world.plan.network)["topology"]
    assert call(client, operation, topology_id_or_name=named["uuid"])["topology"] == named
    assert call(client, operation, topology_id_or_name="other").status == 404
    route = call(client, "tapi-connectivity:get-connection-details", connection_id_or_name="a-b")[
        "connection"
    ]["route"][0]["connection-end-point"]
    assert len(route) == 4  # add, out, in, drop
