import subprocess
import sys

import pytest

import apn_emu as apn
from apn_emu.network.building import build_network
from apn_emu.network.loading import load_network, shipped_networks
from apn_emu.network.native import data_of_network, draft_from_native


def test_importing_it_imports_nothing_heavy():
    program = (
        "import apn_emu, sys; print([m for m in ('numpy', 'pydantic', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_every_name_is_there_and_no_other():
    assert all(getattr(apn, name) for name in apn.__all__)
    assert set(apn.__all__) <= set(dir(apn))
    with pytest.raises(AttributeError, match="lode"):
        apn.lode  # noqa: B018


@pytest.mark.parametrize("name", shipped_networks())
def test_a_network_is_read_back_from_its_data(name):
    network = load_network(name)
    assert build_network(draft_from_native(data_of_network(network), "", "x")) == network
    assert "<svg" in network._repr_html_()


def test_values_are_checked_as_in_a_file():
    with pytest.raises(apn.InputError, match=r"--set lightpaths\.0\.rate=20 km"):
        apn.load("experiments/tokyo_metro.yaml", {"lightpaths.0.rate": "20 km"})


def test_a_sweep_whose_points_are_all_refused_is_refused(tmp_path):
    lab = apn.load({"name": "lab", "network": "tokyo-metro", "sites": {"tokyo": 1}})
    with pytest.raises(apn.InputError, match="0 is out of range"):
        apn.sweep(lab, {"sites.tokyo": [0, -1]}, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
