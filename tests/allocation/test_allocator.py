"""What the allocator chooses and why it refuses."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.constraints import Constraints
from apn_emu.allocation.demands import Allocation, Demand, Reason, Refusal
from apn_emu.allocation.disjoint import Disjoint
from apn_emu.errors import InputError
from apn_emu.network.loading import load_network
from apn_emu.network.model import Link, Network, Node
from apn_emu.optics.grid import Band, Channel, Grid
from apn_emu.optics.lit import LitSpectrum
from apn_emu.optics.qot import LineSystem

METRO = load_network("tokyo-metro")
ONE_SLOT = Grid(75.0, (Band("C", 0, 12),))


def served(answer: Allocation | Refusal) -> Allocation:
    assert isinstance(answer, Allocation), answer
    return answer


def refused(answer: Allocation | Refusal) -> Refusal:
    assert isinstance(answer, Refusal), answer
    return answer


def test_shortest_route_lowest_channel_narrowest_mode() -> None:
    answer = served(Allocator(METRO).allocate(Demand("d", "omiya", "yokohama", 400e9)))
    (path,) = answer.lightpaths
    assert path.route.nodes == ("omiya", "tokyo", "yokohama")
    assert path.channel == Channel(0, 12)
    assert path.mode.rate_bps == 400e9
    assert answer.attempts[-1].text == "lit as d"


@pytest.mark.parametrize(
    ("demand", "reason", "number"),
    [
        (Demand("d", "omiya", "tokyo", 9e12), Reason.NO_FEASIBLE_MODE, "fastest_bps"),
        (
            Demand("d", "omiya", "tokyo", 400e9, spacing_ghz=50.0),
            Reason.NO_FEASIBLE_BAUDRATE_WITH_SPACING,
            "needed_ghz",
        ),
        (
            Demand("d", "omiya", "tokyo", 400e9, mode="openzr+-100g"),
            Reason.MODE_NOT_FEASIBLE,
            "mode_rate_bps",
        ),
        (
            Demand("d", "omiya", "tokyo", 1e11, constraints=Constraints(max_latency_us=1)),
            Reason.NO_PATH_WITH_CONSTRAINT,
            "examined",
        ),
        (Demand("d", "omiya", "tokyo", 1e11, count=4), Reason.NO_TRANSPONDER, "used"),
    ],
)
def test_refusal_codes_carry_numbers(demand: Demand, reason: Reason, number: str) -> None:
    answer = refused(Allocator(METRO, transponders={"omiya": 3}).allocate(demand))
    assert answer.reason is reason
    assert number in answer.numbers


def test_full_fibre_is_no_spectrum_on_every_candidate() -> None:
    allocator = Allocator(METRO, grid=ONE_SLOT, k=2)
    served(allocator.allocate(Demand("1", "omiya", "tokyo", 400e9)))
    served(allocator.allocate(Demand("2", "omiya", "tokyo", 400e9)))  # by way of Chiba
    answer = refused(allocator.allocate(Demand("3", "omiya", "tokyo", 400e9)))
    assert answer.reason is Reason.NO_SPECTRUM
    assert answer.numbers["free_units"] == 0
    assert {str(attempt.route) for attempt in answer.attempts} == {
        "omiya - tokyo",
        "omiya - chiba - tokyo",
    }
    allocator.release("1")
    served(allocator.allocate(Demand("3", "omiya", "tokyo", 400e9)))


def test_no_disjoint_pair_says_which_kind_exists() -> None:
    demand = Demand("d", "omiya", "yokohama", 400e9, protected=True)
    answer = refused(Allocator(METRO).allocate(demand))
    assert answer.reason is Reason.NO_PATH
    assert "there is a link-disjoint" in answer.text


def test_protection_takes_a_disjoint_route() -> None:
    demand = Demand("d", "omiya", "yokohama", 4e11, protected=True, disjoint=Disjoint.LINK)
    working, standby = served(Allocator(METRO).allocate(demand)).lightpaths
    assert standby.protects == working.id
    assert not set(working.route.links) & set(standby.route.links)


def test_mode_adapts_to_distance() -> None:
    network = load_network("nsfnet")
    allocator = Allocator(network, quality=LitSpectrum(LineSystem(network), min_margin_db=1.0))
    near, far = (
        served(allocator.allocate(Demand(end, "seattle", end, 200e9))).lightpaths[0]
        for end in ("palo-alto", "atlanta")
    )
    assert near.route.length_km < far.route.length_km
    assert near.mode.required_osnr_01nm_db > far.mode.required_osnr_01nm_db
    assert all(path.qot is not None and path.qot.margin_db >= 1.0 for path in (near, far))


def test_no_mode_reaches() -> None:
    network = load_network("coronet-conus")
    allocator = Allocator(network, k=1, quality=LitSpectrum(LineSystem(network)))
    answer = refused(allocator.allocate(Demand("d", "seattle", "miami", 800e9)))
    assert answer.reason is Reason.NO_FEASIBLE_MODE
    assert answer.numbers["gsnr_bw_db"] < answer.numbers["required_gsnr_bw_db"]  # type: ignore[operator]
    forced = refused(allocator.allocate(Demand("d", "seattle", "miami", 4e11, mode="400zr")))
    assert forced.reason is Reason.MODE_NOT_FEASIBLE


def test_the_refusal_names_the_mode_that_comes_nearest() -> None:
    link = Link("a-b", "a", "b", 20_000.0)
    ocean = Network("ocean", (Node("a", "A"), Node("b", "B")), (link,))
    allocator = Allocator(ocean, quality=LitSpectrum(LineSystem(ocean)))
    answer = refused(allocator.allocate(Demand("d", "a", "b", 100e9)))
    assert "openroadm-100g needs 7.98 dB" in answer.text


def test_existing_lightpath_is_not_harmed() -> None:
    system = LineSystem(METRO)
    first = Allocator(METRO, quality=LitSpectrum(system))
    demand = Demand("old", "omiya", "tokyo", 400e9, mode="400zr")
    alone = served(first.allocate(demand)).lightpaths[0].qot
    assert alone is not None
    tight = LitSpectrum(system, min_margin_db=alone.margin_db - 0.02)
    allocator = Allocator(METRO, k=1, quality=tight)
    served(allocator.allocate(demand))
    answers = [
        allocator.allocate(Demand(f"new{i}", "omiya", "tokyo", 100e9, mode="openroadm-100g"))
        for i in range(60)
    ]
    harms = [a for a in answers if isinstance(a, Refusal)]
    assert harms, "sixty neighbours cost less than 0.02 dB"
    assert {refusal.reason for refusal in harms} == {Reason.EXISTING_LIGHTPATH_HARMED}
    assert harms[0].numbers["lightpath"] == "old"
    assert tight.qot("old").margin_db >= tight.min_margin_db
    assert len(tight) == len(allocator.lightpaths)


def test_grooming_rides_on_free_capacity_and_outlives_the_first_demand() -> None:
    allocator = Allocator(METRO)
    served(allocator.allocate(Demand("a", "omiya", "tokyo", 100e9, mode="400zr")))
    rider = served(allocator.allocate(Demand("b", "tokyo", "omiya", 200e9, groom=True)))
    assert rider.groomed == ("a",)
    assert allocator.free_bps("a") == 100e9
    third = served(allocator.allocate(Demand("c", "omiya", "tokyo", 200e9, groom=True)))
    assert not third.groomed
    assert allocator.release("a") == ()
    again = served(allocator.allocate(Demand("a", "omiya", "tokyo", 100e9)))
    assert again.lightpaths[0].id == "a#2"
    assert [path.id for path in allocator.release("b")] == ["a"]


def test_prescribed_route_by_nodes_and_by_links() -> None:
    allocator = Allocator(METRO)
    by_nodes = Demand("n", "omiya", "tokyo", 1e11, route=("omiya", "chiba", "tokyo"))
    by_links = Demand("l", "omiya", "tokyo", 1e11, route=("omiya-chiba", "chiba-tokyo"))
    routes = [served(allocator.allocate(d)).lightpaths[0].route for d in (by_nodes, by_links)]
    assert routes[0] == routes[1]


@pytest.mark.parametrize(
    "demand",
    [
        Demand("d", "omya", "tokyo", 1e11),
        Demand("d", "tokyo", "tokyo", 1e11),
        Demand("d", "omiya", "tokyo", 1e11, mode="401zr"),
        Demand("d", "omiya", "tokyo", 1e11, channel=Channel(767, 8)),
        Demand("d", "omiya", "tokyo", 1e11, channel=Channel(-1, 8)),
        Demand("d", "omiya", "tokyo", 1e11, route=("omiya", "yokohama")),
        Demand("d", "omiya", "tokyo", 1e11, route=("omiya", "chiba")),
        Demand("d", "omiya", "tokyo", 1e11, constraints=Constraints(avoid=("omiya-toky",))),
    ],
)
def test_names_that_do_not_exist_are_input_errors(demand: Demand) -> None:
    with pytest.raises(InputError):
        Allocator(METRO).allocate(demand)


def test_an_id_in_use_is_refused() -> None:
    allocator = Allocator(METRO)
    served(allocator.allocate(Demand("d", "omiya", "tokyo", 100e9)))
    with pytest.raises(ValueError, match="already served"):
        allocator.allocate(Demand("d", "omiya", "tokyo", 100e9))


def test_explanation_numbers_are_plain() -> None:
    answer = refused(Allocator(METRO).allocate(Demand("d", "omiya", "tokyo", 9e12)))
    assert isinstance(answer.numbers, Mapping)
    assert all(isinstance(value, int | float | str) for value in answer.numbers.values())
