"""Bodies against schemas: every fault is found, with its place."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.control.north.validation import faults

SCHEMA = {
    "type": "object",
    "required": ["id", "rate"],
    "additionalProperties": False,
    "properties": {
        "id": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "rate": {"type": "integer", "minimum": 1, "maximum": 10},
        "kind": {"enum": ["a", "b"]},
        "ends": {
            "type": "array",
            "minItems": 2,
            "maxItems": 2,
            "items": {"type": "object", "required": ["site"]},
        },
        "protected": {"type": "boolean"},
        "loss": {"type": "number"},
    },
}


def test_a_good_body() -> None:
    body = {"id": "x", "rate": 10, "kind": "a", "ends": [{"site": 1}, {"site": 2}], "loss": 1}
    assert list(faults(body, SCHEMA)) == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ([], [""]),
        ({}, ["/id", "/rate"]),
        ({"id": "x", "rate": True}, ["/rate"]),
        ({"id": "X", "rate": 0}, ["/id", "/rate"]),
        ({"id": "toolong", "rate": 1.0}, ["/id", "/rate"]),
        ({"id": "x", "rate": 1, "kind": "c"}, ["/kind"]),
        ({"id": "x", "rate": 1, "a/b~c": 1}, ["/a~1b~0c"]),
        ({"id": "x", "rate": 1, "ends": [{}]}, ["/ends", "/ends/0/site"]),
        ({"id": "x", "rate": 1, "protected": 1, "loss": "1"}, ["/protected", "/loss"]),
    ],
)
def test_every_fault_has_its_place(body: Any, pointers: list[str]) -> None:
    assert [fault.pointer for fault in faults(body, SCHEMA)] == pointers


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["id", "rate", "x"]), inner),
    max_leaves=10,
)


@settings(deadline=None, derandomize=True)
@given(JSON_VALUES)
def test_any_value_is_judged(body: Any) -> None:
    found = list(faults(body, SCHEMA))
    assert found or (isinstance(body, dict) and {"id", "rate"} <= body.keys())
