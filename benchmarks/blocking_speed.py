"""Time the allocator: blocking on NSFNET, with and without quality, and the full mesh of JPN48.

    python benchmarks/blocking_speed.py

One core, best of three; exits 1 when a target is missed. The blocking of the first setting is
printed beside the published one, so that speed cannot be bought with a different simulation.
"""

from __future__ import annotations

import itertools
import sys

from measuring import best_s

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.blocking import BlockingResult, simulate
from apn_emu.allocation.blocking_model import BlockingModel
from apn_emu.allocation.demands import Demand
from apn_emu.allocation.traffic import Traffic
from apn_emu.network.loading import load_network
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.modes import default_modes
from apn_emu.optics.qot import LineSystem

TARGET_RSA_PER_S, TARGET_QOT_PER_S, TARGET_MESH_S = 100_000, 5_000, 5.0
REQUESTS, WARMUP, LOAD_ERLANG, PUBLISHED = 100_000, 3_000, 230.0, 1.40e-2


def rsa() -> BlockingResult:
    """Simulate the reference's setting: k = 5 by hops, 100 slots, first fit."""
    model = BlockingModel(load_network("nsfnet"))
    return simulate(model, Traffic(LOAD_ERLANG), REQUESTS, WARMUP, seed=1)


def with_quality(load_erlang: float, requests: int) -> BlockingResult:
    """Simulate the C band with real modes, each request assessed beside all lit paths."""
    model = BlockingModel(
        load_network("nsfnet"),
        modes=tuple(default_modes().values()),
        slots=768,
        slot_ghz=6.25,
        rates_gbps=(100, 200, 400),
    )
    return simulate(model, Traffic(load_erlang), requests, WARMUP, seed=1)


def mesh(name: str = "jpn48", spectrum: type[LitSpectrum] = LitSpectrum) -> Allocator:
    """Ask for a 100G lightpath between each two nodes of a network, quality checked."""
    network = load_network(name)
    allocator = Allocator(network, quality=spectrum(LineSystem(network)))
    for a, b in itertools.combinations([node.id for node in network.nodes], 2):
        allocator.allocate(Demand(f"{a}-{b}", a, b, 100e9))
    return allocator


def main() -> int:
    """Print the figures; return 1 when a target is missed."""
    missed = []

    def report(name: str, value: float, unit: str, target: float, more_is_better: bool) -> None:
        met = value >= target if more_is_better else value <= target
        missed.extend([] if met else [name])
        print(f"{name:52} {value:12,.2f} {unit:10} target {target:,.0f}{'' if met else '  MISSED'}")

    blocking = rsa().service_blocking
    per_s = (REQUESTS + WARMUP) / best_s(rsa)
    report(
        "blocking, NSFNET, k = 5, 100 slots, RSA only", per_s, "requests/s", TARGET_RSA_PER_S, True
    )
    print(f"    at {LOAD_ERLANG:g} E: {blocking:.3e}, published {PUBLISHED:.3e}")
    for load_erlang in (300.0, 900.0):
        requests = 20_000
        per_s = (requests + WARMUP) / best_s(lambda: with_quality(load_erlang, requests))  # noqa: B023
        used = with_quality(load_erlang, 1_000).utilisation
        name = f"blocking, NSFNET, C band, full QoT, {used:.0%} of it in use"
        report(name, per_s, "requests/s", TARGET_QOT_PER_S, True)
    lit = len(mesh().lightpaths)
    report(f"full mesh of JPN48: 1128 demands, {lit} fit", best_s(mesh), "s", TARGET_MESH_S, False)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
