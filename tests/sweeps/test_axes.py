import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.errors import InputError
from apn_emu.scenario.loading import vary
from apn_emu.scenario.overriding import override
from apn_emu.sweeps.axes import Axis, Point, axes_of, parse_axes, points_of


def refused(scenario, texts, seeds=None):
    with pytest.raises(InputError) as caught:
        axes_of(scenario, parse_axes(texts), seeds)
    return str(caught.value)


def test_the_scenarios_axes_are_replaced_and_followed_by_those_given(scenario):
    axes = axes_of(scenario, parse_axes(["parameters.distance_km=7", "time_limit=9 s,1 min"]), 3)
    assert axes == [
        Axis("parameters.distance_km", (7,)),
        Axis("rate", ("100G", "400G")),
        Axis("time_limit", ("9 s", "1 min")),
        Axis("seed", (1, 2, 3)),
    ]


def test_every_combination_is_a_point_and_the_seed_varies_fastest(scenario):
    points = points_of(axes_of(scenario, parse_axes(["rate=100G", "seed=5,6"])))
    assert [point.number for point in points] == [1, 2, 3, 4, 5, 6]
    assert points[1].label == "distance_km=1 rate=100G seed=6"
    varied = vary(scenario, points[-1].overrides)
    assert (varied.parameters["distance_km"], varied.seed, varied.sweep) == (100, 6, {})


def test_a_value_in_brackets_is_one_value():
    (axis,) = parse_axes(["lightpaths.0.mesh=[a, b],full,{x: 1}"])
    assert axis.values == (["a", "b"], "full", {"x": 1})


def test_wrong_axes_are_all_named(scenario):
    with pytest.raises(InputError) as caught:
        parse_axes(["rate", "=1", "a=[1"])
    assert [problem.file for problem in caught.value.problems] == [
        "--set rate",
        "--set =1",
        "--set a=[1",
    ]
    assert refused(scenario, ["rate=1", "rate=2", "unused=1,2", "kind=1"]).splitlines() == [
        "--set rate: rate: the axis is there twice; give all its values in one",
        "unused: nothing in the scenario uses the parameter 'unused';"
        " write $unused where it counts",
        "kind: the table has a column 'kind' of its own; rename the parameter",
    ]
    twice = refused(scenario, ["parameters.rate=1", "rate=2", "distance_km=3,4,3"])
    assert twice.splitlines() == [
        "--set rate: rate: the axis is there twice; give all its values in one",
        "distance_km: the value 3 is there twice; leave one out, or use --seeds",
    ]
    assert "'x' is no seed" in refused(scenario, ["seed=1,x"])


def test_too_many_points_are_refused(scenario):
    axes = [Axis("a", tuple(range(1000))), Axis("b", tuple(range(1000))), Axis("seed", (1,))]
    with pytest.raises(InputError, match="1000000 points"):
        points_of(axes)


TEXTS = st.text(st.characters(exclude_categories=("C",)))  # YAML has no control characters
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXTS | st.floats(0, 1e6),
    lambda inner: st.lists(inner, max_size=3),
)


@settings(deadline=None, derandomize=True)
@given(VALUES)
def test_an_override_writes_the_same_value(value):
    data, _ = override({}, Point(1, {"key": value}, 3).overrides)
    assert data == {"key": value, "seed": 3}
