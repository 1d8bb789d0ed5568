import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apn_emu.errors import InputError
from apn_emu.network.model import Link, Network, Node
from apn_emu.optics.design import LinkDesign, place_spans
from apn_emu.optics.equipment import default_equipment
from apn_emu.optics.grid import C_BAND, L_BAND, Channel, Grid
from apn_emu.optics.line import Comb, propagate, to_db
from apn_emu.optics.modes import default_modes
from apn_emu.optics.qot import LineSystem
from apn_emu.optics.section import Kind

MODES = default_modes()
ROUTE = ("a-b", "b-c", "c-d")
NETWORK = Network(
    "line",
    tuple(Node(name, name) for name in "abcd"),
    (
        Link("a-b", "a", "b", 400.0),
        Link("b-c", "b", "c", 95.0),
        Link("c-d", "c", "d", 20.0),
    ),
)
SYSTEM = LineSystem(NETWORK)


def exact(system, route, lit):
    """Quality of all lit channels by the element-by-element propagation: four arrays in dB."""
    lit = sorted(lit, key=lambda pair: pair[0].centre_thz)
    baud_hz = np.array([mode.baud_hz for _, mode in lit])
    comb = Comb(
        np.array([channel.centre_thz for channel, _ in lit]) * 1e12,
        baud_hz,
        np.array([Kind(mode.baud_hz, channel.width_ghz).level_db for channel, mode in lit]),
    )
    line = [element for link_id in route for element in system.section(link_id).elements]
    noise = propagate(comb, line)
    ends = np.array([system.noise_of_ends(mode) for _, mode in lit])
    to_01nm_db = to_db(baud_hz / 12.5e9)
    gsnr_bw_db = -to_db(noise.ase + noise.nli + ends)
    return {
        channel: (gsnr, osnr, snr_nli)
        for (channel, _), gsnr, osnr, snr_nli in zip(
            lit,
            gsnr_bw_db,
            -to_db(noise.ase + ends) + to_01nm_db,
            -to_db(noise.nli),
            strict=True,
        )
    }


def random_spectrum(choices, bands=(C_BAND,)):
    """Fill the bands from below with slots of the modes drawn, or leave a gap where None is."""
    lit, lower, band = [], bands[0].first, 0
    for mode in choices:
        width = 8 if mode is None else Grid().slot_units(mode.min_spacing_ghz)
        if lower + width > bands[band].end:
            band += 1
            if band == len(bands):
                break
            lower = bands[band].first
        if mode is not None:
            lit.append((Channel(lower, width), mode))
        lower += width
    return lit


@settings(deadline=None, derandomize=True, max_examples=30)
@given(
    st.lists(st.sampled_from([None, *MODES.values()]), min_size=2, max_size=120).filter(any),
    st.sampled_from([(C_BAND,), (C_BAND, L_BAND)]),
)
def test_tables_agree_with_the_propagation_for_any_spectrum(choices, bands):
    lit = random_spectrum(choices, bands)
    reference = exact(SYSTEM, ROUTE, lit)
    for channel, mode in lit[:: max(1, len(lit) // 5)]:
        qot = SYSTEM.gsnr(ROUTE, channel, mode, dict.fromkeys(ROUTE, lit))
        gsnr_bw_db, osnr_01nm_db, snr_nli_db = reference[channel]
        assert qot.gsnr_bw_db == pytest.approx(gsnr_bw_db, abs=0.001)
        assert qot.osnr_01nm_db == pytest.approx(osnr_01nm_db, abs=0.01)
        assert qot.snr_nli_db == pytest.approx(snr_nli_db, abs=0.01)
        assert qot.gsnr_01nm_db - qot.gsnr_bw_db == pytest.approx(to_db(mode.baud_hz / 12.5e9))
        assert qot.margin_db == pytest.approx(qot.gsnr_bw_db - mode.required_gsnr_bw_db)


@pytest.mark.parametrize("name", ["openroadm-100g", "openzr+-400g", "800zr"])
def test_full_load_is_every_channel_lit(name):
    mode = MODES[name]
    grid = Grid(mode.min_spacing_ghz)
    lit = [(channel, mode) for channel in grid.channels()]
    reference = np.array([figures[0] for figures in exact(SYSTEM, ROUTE, lit).values()])
    assert SYSTEM.full_load_gsnr_bw_db(ROUTE, mode, grid) == pytest.approx(reference, abs=0.001)
    worst = SYSTEM.full_load_qot(ROUTE, mode, grid)
    assert worst.gsnr_bw_db == pytest.approx(reference.min(), abs=0.001)
    channel = lit[3][0]
    same = SYSTEM.gsnr(ROUTE, channel, mode, dict.fromkeys(ROUTE, lit))
    assert SYSTEM.full_load_qot(ROUTE, mode, grid, channel).gsnr_bw_db == pytest.approx(
        same.gsnr_bw_db, abs=1e-9
    )
    assert SYSTEM.full_load_qot(ROUTE, mode, Grid()).gsnr_bw_db == pytest.approx(worst.gsnr_bw_db)


def test_tables_hold_where_interference_rules():
    """4 dB too much power: NLI is 5 % of the channel, and no linear sum would do."""
    hot = dataclasses.replace(
        default_equipment(), launch_dbm_per_50ghz=4.0, add_drop_osnr_01nm_db=100.0
    )
    system, mode, grid = LineSystem(NETWORK, hot), MODES["openroadm-100g"], Grid(50)
    lit = [(channel, mode) for channel in grid.channels()]
    reference = np.array([figures[0] for figures in exact(system, ["a-b"], lit).values()])
    ours = system.full_load_gsnr_bw_db(["a-b"], mode, grid)
    assert ours == pytest.approx(reference, abs=0.001)
    one = system.gsnr(["a-b"], lit[40][0], mode, {"a-b": lit})
    assert one.gsnr_bw_db == pytest.approx(reference[40], abs=0.001)


def test_more_light_and_more_distance_mean_less_quality():
    mode = MODES["openroadm-100g"]
    channel = Channel(400, 8)
    alone = SYSTEM.gsnr(ROUTE[:1], channel, mode, {})
    beside = SYSTEM.gsnr(ROUTE[:1], channel, mode, {"a-b": [(Channel(408, 8), mode)]})
    far = SYSTEM.gsnr(ROUTE[:1], channel, mode, {"a-b": [(Channel(0, 8), mode)]})
    longer = SYSTEM.gsnr(ROUTE, channel, mode, {})
    elsewhere = SYSTEM.gsnr(ROUTE[:1], channel, mode, {"b-c": [(Channel(408, 8), mode)]})
    assert beside.gsnr_bw_db < far.gsnr_bw_db < alone.gsnr_bw_db
    assert longer.gsnr_bw_db < alone.gsnr_bw_db
    assert elsewhere == alone
    assert SYSTEM.gsnr(ROUTE[:1], channel, mode, {"a-b": [(channel, mode)]}) == alone


def test_amplifiers_are_placed_by_span_length():
    equipment = default_equipment()
    for length_km, spans in [(1.0, 1), (80.0, 1), (80.1, 2), (160.0, 2), (1000.0, 13)]:
        placed = place_spans(length_km, equipment)
        assert len(placed) == spans
        assert sum(span.length_km for span in placed) == pytest.approx(length_km)
        assert all(span.loss_db >= 10 - 1e-9 for span in placed)
    assert SYSTEM.section("a-b").amplifiers == 6
    budget = SYSTEM.latency(ROUTE, MODES["400zr"])
    assert budget.amplifiers_ns == (6 + 3 + 2) * 125
    assert budget.fibre_ns == pytest.approx(515 * 4896.72, abs=2)


def test_a_design_overrides_the_automatic_one():
    design = LinkDesign(spans_km=(60.0, 35.0), fibre="LOF")
    system = LineSystem(NETWORK, designs={"b-c": design})
    spans = system.section("b-c").spans
    assert [span.length_km for span in spans] == [60.0, 35.0]
    assert spans[0].fibre.name == "LOF"


def test_every_design_that_does_not_fit_is_named():
    designs = {
        "a-b": LinkDesign(spans_km=(60.0, 30.0)),
        "b-c": LinkDesign(fibre="G.655"),
        "c-d": LinkDesign(spans_km=(25.0, -5.0)),
        "x-y": LinkDesign(fibre="LOF"),
    }
    with pytest.raises(InputError) as caught:
        LineSystem(NETWORK, designs=designs)
    assert [problem.key for problem in caught.value.problems] == list(designs)
    text = str(caught.value)
    assert "spans of 60 + 30 km do not make up a link of 400 km" in text
    assert "fibre type 'G.655' is unknown (known: SSMF, NZDF, LOF)" in text
    assert "has no link x-y; it has a-b, b-c, c-d" in text


def test_unlike_spans_give_the_same_noise_in_both_directions():
    spans_km = (120.0, 40.0, 80.0, 110.0, 50.0)
    mode, grid = MODES["openzr+-400g"], Grid(75)
    there, back = (
        LineSystem(NETWORK, designs={"a-b": LinkDesign(spans_km=spans)}).full_load_qot(
            ["a-b"], mode, grid
        )
        for spans in (spans_km, spans_km[::-1])
    )
    assert there.gsnr_bw_db == pytest.approx(back.gsnr_bw_db, abs=0.01)
    assert there != back


def test_worse_equipment_means_less_quality():
    mode, grid = MODES["openzr+-400g"], Grid(75)
    best = SYSTEM.full_load_qot(ROUTE, mode, grid)
    noisy = dataclasses.replace(default_equipment(), noise_figure_db=7.0)
    worse = LineSystem(NETWORK, noisy).full_load_qot(ROUTE, mode, grid)
    assert worse.gsnr_bw_db < best.gsnr_bw_db
    assert worse.snr_nli_db == pytest.approx(best.snr_nli_db, abs=0.05)
    assert not math.isnan(worse.margin_db)
