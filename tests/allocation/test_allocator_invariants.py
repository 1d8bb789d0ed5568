"""Random set-ups and releases attack the spectrum's invariants (issue: allocation, point 1)."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from apn_emu.allocation.allocator import Allocator
from apn_emu.allocation.constraints import Constraints
from apn_emu.allocation.demands import Allocation, Demand, Refusal
from apn_emu.allocation.disjoint import Disjoint
from apn_emu.allocation.policies import Policy
from apn_emu.allocation.spectrum import Spectrum, SpectrumError
from apn_emu.errors import InputError
from apn_emu.network.loading import load_network
from apn_emu.optics.grid import Band, Channel, Grid

NETWORK = load_network("tokyo-metro")
NODES = [node.id for node in NETWORK.nodes]
NAMES = [*NODES, *(link.id for link in NETWORK.links)]
SMALL_BANDS = (Band("C", 0, 40), Band("L", 1024, 30))
"""So little spectrum that most runs fill it."""


class Attack(RuleBasedStateMachine):
    """Demands of every kind, served, refused and released in any order."""

    @initialize(
        policy=st.sampled_from(Policy.names()),
        spacing_ghz=st.sampled_from([None, 75.0, 100.0]),
        limit=st.integers(2, 30),
    )
    def begin(self, policy: str, spacing_ghz: float | None, limit: int) -> None:
        grid = Grid(spacing_ghz, SMALL_BANDS)
        transponders = {"tokyo": limit}
        self.allocator = Allocator(
            NETWORK, grid=grid, policy=Policy.parse(policy), k=3, transponders=transponders
        )
        self.serial = 0

    def snapshot(self) -> tuple[object, ...]:
        """Return everything that a refusal must leave alone and a release must restore."""
        allocator = self.allocator
        return (
            dict(allocator.spectrum.free),
            dict(allocator.lightpaths),
            {name: allocator.free_bps(name) for name in allocator.lightpaths},
            [allocator.ends_used(node) for node in NODES],
        )

    @rule(
        ends=st.permutations(NODES),
        rate_gbps=st.sampled_from([50, 100, 200, 400, 800]),
        count=st.integers(1, 3),
        protected=st.booleans(),
        groom=st.booleans(),
        disjoint=st.sampled_from(Disjoint),
        avoid=st.lists(st.sampled_from(NAMES), max_size=1),
        channel=st.none() | st.builds(Channel, st.integers(-2, 42), st.sampled_from([8, 12, 16])),
        spacing_ghz=st.sampled_from([None, 50.0, 75.0, 150.0]),
    )
    def set_up(
        self,
        ends: list[str],
        rate_gbps: int,
        count: int,
        protected: bool,
        groom: bool,
        disjoint: Disjoint,
        avoid: list[str],
        channel: Channel | None,
        spacing_ghz: float | None,
    ) -> None:
        before = self.snapshot()
        self.serial += 1
        demand = Demand(
            f"d{self.serial}",
            ends[0],
            ends[1],
            rate_gbps * 1e9,
            count=count,
            constraints=Constraints(avoid=tuple(avoid)),
            protected=protected,
            disjoint=disjoint,
            groom=groom,
            channel=channel,
            spacing_ghz=spacing_ghz,
        )
        try:
            answer = self.allocator.allocate(demand)
        except InputError:
            assert channel is not None
            assert self.snapshot() == before
            return
        if isinstance(answer, Refusal):
            assert self.snapshot() == before
            assert answer.reason
            assert answer.text
        else:
            self.check_served(answer)

    def check_served(self, answer: Allocation) -> None:
        demand = answer.demand
        for path in answer.lightpaths:
            assert {path.source, path.destination} == {demand.source, demand.destination}
            assert path.mode.rate_bps >= demand.rate_bps
            assert path.channel.width_ghz >= path.mode.min_spacing_ghz
            assert not {*path.route.nodes, *path.route.links} & {*demand.constraints.avoid}
        if not answer.groomed:
            assert len(answer.lightpaths) == demand.count * (2 if demand.protected else 1)
        for path in answer.lightpaths:
            if path.protects:
                working = self.allocator.lightpaths[path.protects]
                assert not set(path.route.links) & set(working.route.links)

    @precondition(lambda self: self.allocator.allocations)
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        self.allocator.release(data.draw(st.sampled_from(sorted(self.allocator.allocations))))

    @precondition(lambda self: self.allocator.allocations)
    @rule(ends=st.permutations(NODES))
    def set_up_and_release_is_nothing(self, ends: list[str]) -> None:
        before = self.snapshot()
        answer = self.allocator.allocate(Demand("probe", ends[0], ends[1], 100e9))
        if isinstance(answer, Allocation):
            self.allocator.release("probe")
        assert self.snapshot() == before

    @invariant()
    def every_taken_unit_belongs_to_one_lightpath(self) -> None:
        taken = dict.fromkeys(self.allocator.spectrum.free, 0)
        for path in self.allocator.lightpaths.values():
            mask = ((1 << path.channel.width) - 1) << path.channel.lower
            assert mask & ~self.allocator.spectrum.usable == 0
            assert len(path.route.both_directions) == 2 * path.route.hops
            for fibre in path.route.both_directions:
                assert taken[fibre] & mask == 0, "two lightpaths overlap"
                taken[fibre] |= mask
        for fibre, free in self.allocator.spectrum.free.items():
            assert free == self.allocator.spectrum.usable & ~taken[fibre]

    @invariant()
    def ends_and_capacity_add_up(self) -> None:
        paths = self.allocator.lightpaths.values()
        for node in NODES:
            ends = sum((path.source, path.destination).count(node) for path in paths)
            assert self.allocator.ends_used(node) == ends
        assert all(self.allocator.free_bps(path.id) >= 0 for path in paths)

    def teardown(self) -> None:
        if hasattr(self, "allocator"):
            for demand in list(self.allocator.allocations):
                self.allocator.release(demand)
            assert not self.allocator.lightpaths
            assert all(
                free == self.allocator.spectrum.usable
                for free in self.allocator.spectrum.free.values()
            )


Attack.TestCase.settings = settings(
    deadline=None, derandomize=True, max_examples=100, stateful_step_count=30
)
TestAttack = Attack.TestCase


def test_misuse_of_the_spectrum_is_an_error_and_changes_nothing() -> None:
    spectrum = Spectrum(["x", "y"], usable=0xFF)
    spectrum.take(["x"], Channel(2, 3))
    before = dict(spectrum.free)
    for fibres, channel in (
        (["y", "x"], Channel(4, 2)),
        (["y"], Channel(6, 3)),
        (["y"], Channel(-1, 2)),
        (["y"], Channel(0, 0)),
        (["y", "y"], Channel(0, 2)),
    ):
        with pytest.raises(SpectrumError):
            spectrum.take(fibres, channel)
    with pytest.raises(SpectrumError):
        spectrum.give_back(["x", "y"], Channel(2, 3))
    assert spectrum.free == before
