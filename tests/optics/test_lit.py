import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.network.model import Link, Network, Node
from apn_emu.optics.grid import Channel, Grid
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.modes import default_modes
from apn_emu.optics.qot import LineSystem

MODES = default_modes()
NAMES = ("openroadm-100g", "openzr+-400g", "800zr")
NETWORK = Network(
    "ring",
    tuple(Node(name, name) for name in "abcd"),
    tuple(
        Link(f"{a}-{b}", a, b, length_km)
        for a, b, length_km in [("a", "b", 300.0), ("b", "c", 500.0), ("c", "d", 80.0)]
    ),
)
SYSTEM = LineSystem(NETWORK)
LINKS = [link.id for link in NETWORK.links]

lightpaths = st.tuples(
    st.integers(0, 2), st.integers(1, 3), st.integers(0, 31), st.sampled_from(NAMES)
)


def place(drawn):
    """A contiguous route and a channel: slots of 150 GHz, so that no two overlap unless equal."""
    first, hops, index, name = drawn
    mode = MODES[name]
    width = Grid().slot_units(mode.min_spacing_ghz)
    return tuple(LINKS[first : first + hops]), Channel(index * 24, width), mode


def lit_by_link(chosen):
    lit = {link_id: [] for link_id in LINKS}
    for route, channel, mode in chosen.values():
        for link_id in route:
            lit[link_id].append((channel, mode))
    return lit


def drop_overlaps(drawn):
    chosen, taken = {}, set()
    for key, each in enumerate(drawn):
        route, channel, mode = place(each)
        cells = {(link_id, channel.lower) for link_id in route}
        if not cells & taken:
            taken |= cells
            chosen[key] = (route, channel, mode)
    return chosen


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(lightpaths, min_size=1, max_size=60))
def test_running_sums_equal_a_fresh_look(drawn):
    chosen = drop_overlaps(drawn)
    spectrum = LitSpectrum(SYSTEM)
    for key, lightpath in chosen.items():
        before = spectrum.assess(*lightpath).qot
        spectrum.light(key, *lightpath)
        assert spectrum.qot(key) == before
    lit = lit_by_link(chosen)
    for key, (route, channel, mode) in chosen.items():
        fresh = SYSTEM.gsnr(route, channel, mode, lit)
        assert spectrum.qot(key).gsnr_bw_db == pytest.approx(fresh.gsnr_bw_db, abs=1e-9)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.lists(lightpaths, min_size=2, max_size=60), st.randoms(use_true_random=False))
def test_release_gives_back_exactly_what_was_taken(drawn, rng):
    chosen = drop_overlaps(drawn)
    keys = list(chosen)
    kept, passing = keys[: len(keys) // 2], keys[len(keys) // 2 :]
    spectrum = LitSpectrum(SYSTEM)
    for key in kept:
        spectrum.light(key, *chosen[key])
    before = [spectrum.qot(key) for key in kept]
    for key in passing:
        spectrum.light(key, *chosen[key])
    rng.shuffle(passing)
    for key in passing:
        spectrum.darken(key)
    assert [spectrum.qot(key) for key in kept] == before
    assert len(spectrum) == len(kept)


def test_a_new_lightpath_lowers_its_neighbours_and_only_them():
    mode = MODES["openroadm-100g"]
    spectrum = LitSpectrum(SYSTEM)
    spectrum.light("beside", ["a-b"], Channel(100, 8), mode)
    spectrum.light("elsewhere", ["c-d"], Channel(100, 8), mode)
    before = {key: spectrum.qot(key) for key in ("beside", "elsewhere")}
    spectrum.light("new", ["a-b", "b-c"], Channel(108, 8), mode)
    assert spectrum.qot("beside").gsnr_bw_db < before["beside"].gsnr_bw_db
    assert spectrum.qot("elsewhere") == before["elsewhere"]


def test_who_would_lose_the_required_margin_is_named():
    mode = MODES["openzr+-400g"]
    route, channel = ("a-b", "b-c"), Channel(120, 12)
    margin_alone_db = LitSpectrum(SYSTEM).assess(route, channel, mode).qot.margin_db
    # Exactly what it has alone, less the harm of one neighbour far off, more than of one beside it
    spectrum = LitSpectrum(SYSTEM, min_margin_db=margin_alone_db - 0.05)
    spectrum.light("weak", route, channel, mode)
    spectrum.light("strong", ["c-d"], channel, mode)
    far = spectrum.assess(["b-c"], Channel(744, 12), mode)
    assert far.spoiled == ()
    beside = spectrum.assess(["a-b", "b-c", "c-d"], Channel(132, 12), mode)
    assert [key for key, _ in beside.spoiled] == ["weak"]
    # The margin named is the one that comes true when it is lit all the same
    spectrum.light("harmful", ["a-b", "b-c", "c-d"], Channel(132, 12), mode)
    assert spectrum.qot("weak").margin_db == pytest.approx(beside.spoiled[0][1], abs=1e-12)
    assert spectrum.qot("weak").margin_db < spectrum.min_margin_db
    # It has nothing left to lose: a further neighbour does not spoil what is below already
    assert spectrum.assess(route, Channel(144, 12), mode).spoiled == ()


def test_two_fibres_of_a_link_are_apart():
    mode = MODES["openroadm-100g"]
    fibres = {(link_id, way): link_id for link_id in LINKS for way in ("there", "back")}
    spectrum = LitSpectrum(SYSTEM, fibres=fibres)
    spectrum.light(1, [("a-b", "there")], Channel(0, 8), mode)
    alone = spectrum.qot(1)
    spectrum.light(2, [("a-b", "back")], Channel(8, 8), mode)
    assert spectrum.qot(1) == alone
    with pytest.raises(KeyError):
        spectrum.assess(["a-b"], Channel(0, 8), mode)
    with pytest.raises(ValueError, match="1 is lit already"):
        spectrum.light(1, [("a-b", "there")], Channel(16, 8), mode)
    with pytest.raises(KeyError):
        spectrum.darken(3)
