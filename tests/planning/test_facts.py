"""What a plan says of each pair of sites."""

import pytest

from apn_emu.network.loading import load_network
from apn_emu.planning.facts import facts_of
from apn_emu.planning.lightpaths import Lightpath
from tests.planning.test_packet_network import plans

NETWORK = load_network("tokyo-metro")


def test_light_is_the_same_on_every_network() -> None:
    both = plans("internet")
    apn, internet = (facts_of(both[name], NETWORK) for name in ("apn", "internet"))
    assert apn.light_rtt_s == internet.light_rtt_s
    assert apn.light_rtt_s["chiba", "hachioji"] == pytest.approx(2 * 86.6 * 4.89672e-6, rel=1e-5)


def test_a_bit_without_routers_takes_less_energy() -> None:
    both = plans("leased-line-10g")
    apn, line = (facts_of(both[name], NETWORK).energy_j for name in ("apn", "leased-line-10g"))
    # Tokyo-Chiba: 2 transceivers, 2 ROADMs and the amplifiers of one fibre
    (lightpath,) = both["apn"].path("tokyo", "chiba")
    assert isinstance(lightpath, Lightpath)
    amplifiers = both["apn"].fibre_by_id[lightpath.fibres[0]].amplifiers
    expected_nj = 2 * 0.09 + 2 * 0.05 + amplifiers * 0.03
    assert apn["tokyo", "chiba"] == pytest.approx(expected_nj * 1e-9)
    assert line["tokyo", "chiba"] > 4e-9  # two routers


def test_spectrum_is_lit_by_lightpaths_only() -> None:
    both = plans("internet")
    assert 0 < facts_of(both["apn"], NETWORK).spectrum_share < 0.1
    assert facts_of(both["internet"], NETWORK).spectrum_share == 0
