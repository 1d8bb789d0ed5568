import json

import pytest

from apn_emu.optics.ber import MODULATIONS
from apn_emu.optics.equipment import default_equipment
from apn_emu.optics.grid import Grid
from apn_emu.optics.modes import VALUES, default_modes, parse_modes
from apn_emu.optics.selection import (
    Lack,
    ModeChoice,
    ModeRefusal,
    ModeRefusalReason,
    select_mode,
)

MODES = default_modes()


def test_the_modes_that_the_project_promises_are_there():
    offered = {(mode.family, round(mode.rate_bps / 1e9)) for mode in MODES.values()}
    promised = {("OpenROADM", rate) for rate in (100, 200, 300, 400)}
    promised |= {("OpenZR+", rate) for rate in (100, 200, 300, 400)}
    assert promised | {("400ZR", 400), ("800ZR", 800)} <= offered


@pytest.mark.parametrize("mode", MODES.values(), ids=lambda mode: mode.name)
def test_a_mode_is_consistent(mode):
    assert set(mode.sources) == set(VALUES[2:])
    assert mode.modulation in MODULATIONS
    # The line rate carries the client and the FEC's overhead (7 to 30 %)
    line_bps = mode.baud_hz * mode.bits_per_symbol
    assert 1.07 < line_bps / mode.rate_bps < 1.3
    assert mode.baud_gbd < mode.min_spacing_ghz
    # No receiver beats the ideal one, and none is as bad as 6 dB
    assert 0 < mode.implementation_penalty_db < 6
    # Where the margin ends, the errors are as many as the FEC can correct
    assert mode.pre_fec_ber(mode.required_gsnr_bw_db) == pytest.approx(mode.fec_threshold_ber)
    assert mode.pre_fec_ber(mode.required_gsnr_bw_db + 3) < mode.fec_threshold_ber / 3
    assert mode.required_gsnr_bw_db < mode.tx_osnr_01nm_db


def test_every_value_of_the_equipment_has_a_source():
    equipment = default_equipment()
    assert all(equipment.sources.values())
    assert equipment.fibre in equipment.fibres


def test_a_mode_without_a_source_is_refused():
    mode = dict(json.loads(json.dumps(dict.fromkeys(VALUES, 1))), name="x", sources={})
    with pytest.raises(ValueError, match="mode x: lacks source of rate_bps"):
        parse_modes(json.dumps({"modes": [mode]}))
    with pytest.raises(ValueError, match="lacks baud_gbd"):
        parse_modes(json.dumps({"modes": [{"name": "x", "family": "y", "rate_bps": 1}]}))


def choose(gsnr_01nm_db, rate_gbps, **options):
    def gsnr_bw_db(mode):
        return gsnr_01nm_db - (mode.required_osnr_01nm_db - mode.required_gsnr_bw_db)

    grid = options.pop("grid", Grid())
    return select_mode(MODES, rate_gbps * 1e9, grid, gsnr_bw_db, **options)


def test_least_spectrum_comes_first_then_margin():
    near = choose(30.0, 200)
    assert isinstance(near, ModeChoice)
    assert (near.mode.name, near.slot_ghz) == ("openroadm-200g-16qam", 50.0)
    far = choose(20.0, 200)  # 16QAM does not reach: a wider slot, and of those the most margin
    assert isinstance(far, ModeChoice)
    assert (far.mode.name, far.slot_ghz) == ("openzr+-200g", 75.0)
    assert far.margin_db == pytest.approx(4.0)
    even = choose(20.0, 100)  # openzr+-100g needs 0.5 dB more OSNR and 3 W less
    assert isinstance(even, ModeChoice)
    assert even.mode.name == "openroadm-100g"


def test_a_fixed_grid_gives_whole_slots():
    choice = choose(30.0, 100, grid=Grid(100))
    assert isinstance(choice, ModeChoice)
    assert choice.slot_ghz == 100.0


def test_refusals_carry_the_numbers():
    refusal = choose(15.0, 400, grid=Grid(75), margin_db=2.0)
    assert isinstance(refusal, ModeRefusal)
    assert refusal.reason is ModeRefusalReason.NO_FEASIBLE_MODE
    lacks = {shortfall.mode: shortfall for shortfall in refusal.shortfalls}
    assert set(lacks) == set(MODES)
    assert lacks["openroadm-100g"].lack is Lack.RATE
    assert lacks["openroadm-400g"].lack is Lack.SPACING
    assert (lacks["800zr"].needed, lacks["800zr"].available) == (150.0, 75.0)
    short = lacks["openzr+-400g"]
    assert short.lack is Lack.GSNR
    assert short.needed - short.available == pytest.approx(24.0 + 2.0 - 15.0)


def test_a_forced_mode_is_taken_or_refused_alone():
    choice = choose(30.0, 100, forced="openzr+-400g")
    assert isinstance(choice, ModeChoice)
    assert choice.mode.name == "openzr+-400g"
    refusal = choose(20.0, 400, forced="400zr")
    assert isinstance(refusal, ModeRefusal)
    assert refusal.reason is ModeRefusalReason.MODE_NOT_FEASIBLE
    assert [shortfall.mode for shortfall in refusal.shortfalls] == ["400zr"]
    with pytest.raises(KeyError):
        choose(30.0, 100, forced="unknown")
