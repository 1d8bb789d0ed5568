"""The explanation names every candidate in the order in which it was tried."""

from __future__ import annotations

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.demands import Demand
from apn_emu.allocation.explanation import explain
from apn_emu.network.loading import load_network
from apn_emu.optics.grid import Band, Grid


def test_explanation_of_a_detour_and_of_a_refusal() -> None:
    one_slot = Grid(75.0, (Band("C", 0, 12),))
    allocator = Allocator(load_network("tokyo-metro"), grid=one_slot, k=2)
    allocator.allocate(Demand("first", "omiya", "tokyo", 800e9 / 2, mode="400zr"))
    detour = explain(allocator.allocate(Demand("next", "omiya", "tokyo", 400e9, mode="400zr")))
    assert detour[0] == "next: 400G from omiya to tokyo: served by next"
    assert detour[1].startswith("  omiya - tokyo, 30.3 km, 400zr: NO_SPECTRUM: no room for 75 GHz")
    assert detour[2].startswith(
        "  omiya - chiba - tokyo, 105.3 km, 400zr, 191.3625 THz / 75 GHz: lit"
    )
    refused = explain(allocator.allocate(Demand("last", "omiya", "tokyo", 400e9)))
    assert "NO_SPECTRUM" in refused[0]
