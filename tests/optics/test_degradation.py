"""Extra loss: the GSNR falls with it, and only behind it."""

import pytest

from apn_emu.network.loading import load_network
from apn_emu.optics.degradation import degraded
from apn_emu.optics.grid import Grid
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.modes import default_modes
from apn_emu.optics.qot import LineSystem

LINKS = ("tokyo-yokohama", "yokohama-shizuoka")
MODE = default_modes()["openzr+-100g"]
CHANNEL = Grid(50.0).channels()[10]


@pytest.fixture(scope="module")
def lit():
    spectrum = LitSpectrum(LineSystem(load_network("kanto11")))
    spectrum.light("it", LINKS, CHANNEL, MODE)
    return spectrum


def qot(lit, *extra_db):
    return degraded(lit.system, LINKS, extra_db, CHANNEL, MODE, lit.noise("it"))


def test_no_extra_loss_changes_nothing(lit):
    assert qot(lit, 0, 0).qot == lit.qot("it")
    assert qot(lit, 0, 0).lit


def test_the_gsnr_falls_with_the_loss(lit):
    margins = [qot(lit, 0, loss_db).qot.margin_db for loss_db in range(0, 40, 2)]
    assert margins == sorted(margins, reverse=True)
    # Deep in ASE each dB of loss is a dB of GSNR.
    assert margins[-2] - margins[-1] == pytest.approx(2.0, abs=0.05)
    assert margins[0] > 10
    assert margins[-1] < -10


def test_loss_on_two_fibres_is_worse_than_on_one(lit):
    assert qot(lit, 10, 10).qot.margin_db < min(
        qot(lit, 10, 0).qot.margin_db, qot(lit, 0, 10).qot.margin_db
    )


def test_a_roadm_makes_up_for_loss_before_it(lit):
    # Attenuation of 20 dB stands in reserve at the ROADM in Yokohama; the receiver sees 10 dB more.
    assert qot(lit, 30, 0).lit
    assert not qot(lit, 0, 36).lit
