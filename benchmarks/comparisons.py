"""What the suite measures: ours and its peer in one run, and how much better ours must be.

Times of programs are processor times where other programs' work could get into them.
"""

from __future__ import annotations

import functools
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import blocking_speed
import idle
import plain_loops
import provisioning
import qot_speed
import startup
import transfer
from exactness import busy
from measuring import taken

import apn_emu as apn
from apn_emu.allocation.blocking import simulate
from apn_emu.allocation.blocking_model import BlockingModel
from apn_emu.allocation.traffic import Traffic
from apn_emu.engine import running
from apn_emu.network.loading import load_network
from apn_emu.optics.modes import default_modes
from apn_emu.results.measurements import to_csv
from apn_emu.scenario.loading import make_scenario, network_of

EXPERIMENTS = Path(__file__).resolve().parent.parent / "experiments"
DAY_S = 86400.0


@dataclass(frozen=True)
class Comparison:
    """`measure` returns ours and the peer's in `unit`; the ratio is how many times better ours is.

    `least_ratio` is far below what was ever seen: a run with less is a regression.
    """

    name: str
    peer: str
    unit: str
    measure: Callable[[], tuple[float, float]]
    least_ratio: float
    short: bool = False
    more_is_better: bool = False

    def ratio(self, ours: float, theirs: float) -> float:
        """Return how many times better ours is."""
        return ours / theirs if self.more_is_better else theirs / ours


def ring() -> tuple[float, float]:
    """Start three sites in a ring, one lightpath over each fibre."""
    names = "abc"
    links = [{"a": a, "b": b, "km": 20} for a, b in zip(names, names[1:] + names[:1], strict=True)]
    scenario = make_scenario(
        {
            "name": "ring",
            "network": {"nodes": [{"id": name} for name in names], "links": links},
            "sites": dict.fromkeys(names),
            "lightpaths": [{"mesh": "neighbours", "rate": "100G"}],
        }
    )
    return start(running.prepare(scenario, network_of(scenario)))


def start(plan: running.Plan) -> tuple[float, float]:
    """Return the processor time of a start by us and by stock Mininet."""
    return startup.ours(plan).spent_s, startup.stock(plan).spent_s


def equal_bytes() -> tuple[float, float]:
    """Return 1 when a run on a busy host gives the bytes of one on a quiet host, else 0."""
    scenario = apn.load(EXPERIMENTS / "smoke.yaml")
    quiet = apn.run(scenario)
    with busy():
        loaded = apn.run(scenario)
    alike = [(to_csv(run.result.measurements), run.records) for run in (quiet, loaded)]
    return float(alike[0] == alike[1] and loaded.result.engine.exact), 1.0


def bulk(roadms: int, mtu: int, streams: int) -> tuple[float, float]:
    """Return GB of TCP for each second of wall time, and over one 100G link in real time."""
    return transfer.transfer(roadms, mtu, streams, 500).wall, transfer.RATE_BPS / 8e9


def blocking(requests: int) -> tuple[float, float]:
    """Return the processor time of NSFNET's blocking by us and by plain loops; both must agree."""
    model, traffic = BlockingModel(load_network("nsfnet")), Traffic(blocking_speed.LOAD_ERLANG)
    blocked = []
    _, ours_s = taken(lambda: blocked.append(simulate(model, traffic, requests, 0, 1).blocked))
    _, plain_s = taken(
        lambda: blocked.append(plain_loops.blocked(model, traffic, requests, seed=1))
    )
    assert blocked[0] == blocked[1]
    return ours_s, plain_s


def mesh(network: str) -> tuple[float, float]:
    """Return the processor time of a full mesh with quality, kept up to date and lit anew."""
    found = []
    _, ours_s = taken(lambda: found.append(blocking_speed.mesh(network)))
    _, anew_s = taken(lambda: found.append(blocking_speed.mesh(network, plain_loops.LitAnew)))
    assert found[0].lightpaths == found[1].lightpaths
    return ours_s, anew_s


def comparisons() -> list[Comparison]:
    """Return all comparisons; GNPy's only where it is installed."""
    mode = default_modes()["openroadm-100g"]
    stock, real_time = "stock Mininet", "real time"
    listed = [
        Comparison("start-up, ring of 3", stock, "CPU s", ring, 3.0, short=True),
        *(
            Comparison(
                f"start-up, {name}",
                stock,
                "CPU s",
                lambda name=name: start(startup.plan_without_workloads(EXPERIMENTS / name)),
                least,
            )
            for name, least in (("tokyo_metro.yaml", 5.0), ("jpn48.yaml", 10.0))
        ),
        Comparison(
            "equal bytes with all processors busy",
            "a quiet host",
            "share of runs",
            equal_bytes,
            1.0,
            short=True,
            more_is_better=True,
        ),
        *(
            Comparison(
                f"TCP, {roadms} ROADMs, MTU {mtu}, {streams} streams",
                "100 Gbit/s in real time",
                "GB/s",
                functools.partial(bulk, roadms, mtu, streams),
                0.0,
                more_is_better=True,
            )
            for roadms, mtu, streams in ((2, 9000, 1), (3, 9000, 8), (10, 9000, 8), (3, 1500, 8))
        ),
        Comparison(
            "full mesh of JPN25 with QoT",
            "all lit anew each time",
            "CPU s",
            lambda: mesh("jpn25"),
            1.5,
            short=True,
        ),
        Comparison(
            "QoT, 20 spans, 96 channels",
            "plain loops",
            "ms",
            lambda: qot_speed.cold_and_plain_ms(mode),
            100.0,
            short=True,
        ),
        Comparison(
            "blocking, NSFNET, 100 000 requests",
            "plain loops",
            "CPU s",
            lambda: blocking(100_000),
            3.0,
            short=True,
        ),
        Comparison(
            "lightpaths set up and taken down, real Open vSwitch",
            "ovs-ofctl",
            "each second",
            lambda: provisioning.rates(50),
            5.0,
            more_is_better=True,
        ),
        *(
            Comparison(
                name, real_time, "CPU s", lambda c=changes, d=days: (idle.timed(c)[1], d * DAY_S), n
            )
            for (name, changes), days, n in zip(
                idle.CASES.items(), (1, 30), (1000.0, 10_000.0), strict=True
            )
        ),
    ]
    if importlib.util.find_spec("gnpy"):
        listed.append(
            Comparison(
                "QoT, 20 spans, 96 channels",
                "GNPy",
                "ms",
                lambda: (qot_speed.cold_and_plain_ms(mode)[0], qot_speed.gnpy(mode)[0]),
                20.0,
            )
        )
    return listed
