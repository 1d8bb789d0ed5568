"""Light travels: who loses it, when, and that nobody is left in the dark after all is mended."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.control.light import Light, directions, travel_ns
from apn_emu.optics.latency import LatencyBudget
from apn_emu.planning.lightpaths import End, Path
from apn_emu.planning.places import Fibre

DELAYS_NS = {"a-b": 100_000, "b-c": 70_000, "c-d": 30_000}
FIBRES = {
    name: Fibre(name, *name.split("-"), 1, 1, delay_ns / 5_000, 2, delay_ns)
    for name, delay_ns in DELAYS_NS.items()
}


def path(name: str, route: str) -> Path:
    ends = (End(site, 1, 1001, 101) for site in (route[0], route[-1]))
    fibres = tuple("-".join(sorted(pair)) for pair in pairwise(route))
    budget = LatencyBudget(0, 0, 0, 0)
    return Path(
        **dict(zip("ab", ends, strict=True)),
        **{"id": name, "route": tuple(route), "fibres": fibres, "latency": budget},
        **{"length_km": 1.0, "channel_lower": 0, "channel_width": 8, "centre_thz": 193.1},
        **{"vid": 1, "mode": "m", "rate_bps": 1, "drop_delay_ns": 0},
    )


PATHS = [path("whole", "abcd"), path("back", "dcba"), path("part", "bc")]


def test_directions_follow_the_light():
    whole, back, part = PATHS
    assert directions(whole, "d") == [("a-b", "a"), ("b-c", "b"), ("c-d", "c")]
    assert directions(whole, "a") == [("c-d", "d"), ("b-c", "c"), ("a-b", "b")]
    assert directions(back, "a") == directions(whole, "a")
    assert directions(part, "c") == [("b-c", "b")]


def test_light_beyond_a_cut_still_arrives():
    light = Light(FIBRES, PATHS)
    # A cut at a quarter of b-c, seen from b, at t = 1 ms: what enters is lost from 17.5 us before.
    entered_ns = 1_000_000 - travel_ns(FIBRES["b-c"], FIBRES["b-c"].length_km * 250)
    assert entered_ns == 982_500
    assert light.change(("b-c", "b"), passes=False)
    arrivals = {a.receiver: a.at_ns for a in light.arrivals(("b-c", "b"), entered_ns)}
    assert arrivals == {
        ("whole", "d"): 1_000_000 + 52_500 + 30_000,
        ("back", "d"): 1_000_000 + 52_500 + 30_000,
        ("part", "c"): 1_000_000 + 52_500,
    }


def test_a_second_fault_on_the_way_changes_nothing_until_both_are_mended():
    light = Light(FIBRES, PATHS)
    first, second = ("a-b", "a"), ("c-d", "c")
    receiver = ("whole", "d")
    light.change(first, passes=False)
    assert light.seen(receiver, first, lit=False) is False
    light.change(second, passes=False)
    assert light.seen(receiver, second, lit=False) is None
    assert light.seen(receiver, first, lit=True) is None
    assert light.seen(receiver, second, lit=True) is True


def test_the_same_fibre_cut_twice_needs_two_repairs():
    light = Light(FIBRES, PATHS)
    cut = ("a-b", "a")
    changes = [light.change(cut, passes) for passes in (False, False, True, True)]
    assert changes == [True, False, False, True]


def test_a_path_lit_over_a_cut_fibre_is_dark_from_the_start():
    light = Light(FIBRES, [])
    light.change(("b-c", "b"), passes=False)
    assert light.add(PATHS[0]) == [("whole", "d")]
    light.remove("whole")
    assert light.arrivals(("b-c", "b"), 0) == []


@settings(deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted((f.id, end) for f in FIBRES.values() for end in (f.a, f.b))),
            st.integers(0, 10**9),
            st.integers(1, 10**9),
        ),
        max_size=8,
    )
)
def test_after_all_repairs_every_receiver_has_light(faults):
    light = Light(FIBRES, PATHS)
    changes = sorted(
        (at_ns, cut, passes)
        for cut, begin_ns, lasting_ns in faults
        for at_ns, passes in ((begin_ns, False), (begin_ns + lasting_ns, True))
    )
    arriving = sorted(
        (arrival.at_ns, arrival.receiver, cut, passes)
        for at_ns, cut, passes in changes
        if light.change(cut, passes)
        for arrival in light.arrivals(cut, at_ns)
    )
    lit = {}
    for _, receiver, cut, passes in arriving:
        present = light.seen(receiver, cut, passes)
        if present is not None:
            assert lit.get(receiver, True) is not present, "a change is told once"
            lit[receiver] = present
    assert all(lit.values())


def test_what_arrives_late_does_not_darken_a_path_that_was_moved():
    light = Light(FIBRES, [PATHS[0]])
    cut = ("a-b", "a")
    light.change(cut, passes=False)
    light.remove("whole")
    light.add(path("whole", "bcd"))
    assert light.seen(("whole", "d"), cut, lit=False) is None
    assert light.rest_ns(("whole", "d"), cut) is None
