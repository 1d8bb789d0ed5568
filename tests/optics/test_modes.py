import json

import pytest

from apn_emu.optics.ber import MODULATIONS
from apn_emu.optics.equipment import default_equipment
from apn_emu.optics.modes import VALUES, default_modes, parse_modes

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
