"""The 1+1 selector and its detector, by scripts and against random light."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from apn_emu.control.detection import Detector
from apn_emu.control.protection import Condition, Selector, Side, planned_outage, skew_ns
from apn_emu.planning.compile import compile_plan
from apn_emu.planning.parameters import ControlParameters
from apn_emu.scenario.loading import make_scenario, network_of

MS = 1_000_000
TIMES = ControlParameters(
    detection_ns=10 * MS, hold_off_ns=0, switching_ns=5 * MS, wait_to_restore_ns=100 * MS
)
OK, SD, SF = Condition.OK, Condition.DEGRADED, Condition.FAILED


class Receiver:
    """Two detectors and a selector; `history` is what the client is connected to from when on."""

    def __init__(self, times: ControlParameters = TIMES, skew_ns: int = 0) -> None:
        self.detectors = {side: Detector(times.detection_ns) for side in Side}
        self.selector = Selector(times, skew_ns)
        self.lit: dict[Side, list[tuple[int, bool]]] = {side: [(0, True)] for side in Side}
        self.history: list[tuple[int, Side | None]] = [(0, Side.WORKING)]
        self.moves: list[tuple[int, Side]] = []

    def run(self, until_ns: int) -> None:
        """Handle every timer up to and including this moment."""
        while True:
            timers = [d.next_timer() for d in self.detectors.values()]
            due = [t for t in [*timers, self.selector.next_timer()] if t is not None]
            if not due or min(due) > until_ns:
                return
            now_ns = min(due)
            for side, detector in self.detectors.items():
                if detector.handle_timer(now_ns):
                    self._tell(side, now_ns)
            if (side := self.selector.handle_timer(now_ns)) is not None:
                self.moves.append((now_ns, side))
            self._note(now_ns)

    def light(self, side: Side, present: bool, at_ns: int) -> None:
        """Change the light of a path at a moment."""
        self.run(at_ns)
        self.detectors[side].light(present, at_ns)
        self._tell(side, at_ns)  # light that is back, and not yet detected, brings frames
        self.lit[side].append((at_ns, present))

    def _tell(self, side: Side, now_ns: int) -> None:
        detector = self.detectors[side]
        condition = SF if detector.failed else OK
        self.selector.condition(side, condition, now_ns, detector.dark_since_ns)

    def lit_until(self, side: Side, end_ns: int) -> list[int]:
        """Return the moments before `end_ns` at which a path's light ended, and that one if lit."""
        changes = [change for change in self.lit[side] if change[0] < end_ns]
        ends = [at for (_, lit), (at, _) in pairwise(changes) if lit]
        return [*ends, end_ns] if changes[-1][1] else ends

    def _note(self, now_ns: int) -> None:
        if self.history[-1][1] != self.selector.selected:
            self.history.append((now_ns, self.selector.selected))


def test_the_outage_is_detection_hold_off_and_switching() -> None:
    receiver = Receiver(replace(TIMES, hold_off_ns=20 * MS))
    receiver.light(Side.WORKING, False, 1000 * MS)
    receiver.run(2000 * MS)
    assert receiver.history[1:] == [(1030 * MS, None), (1035 * MS, Side.PROTECTING)]
    assert receiver.moves == [(1035 * MS, Side.PROTECTING)]


def test_short_gaps_are_not_noticed() -> None:
    receiver = Receiver()
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.light(Side.WORKING, True, 109 * MS)
    receiver.light(Side.WORKING, False, 112 * MS)
    receiver.light(Side.WORKING, True, 121 * MS)
    receiver.run(1000 * MS)
    assert receiver.history == [(0, Side.WORKING)]


def test_a_failure_that_ends_within_the_hold_off_switches_nothing() -> None:
    receiver = Receiver(replace(TIMES, hold_off_ns=50 * MS))
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.light(Side.WORKING, True, 140 * MS)
    receiver.run(1000 * MS)
    assert receiver.history == [(0, Side.WORKING)]


def test_when_both_had_failed_the_first_that_works_is_taken_at_once() -> None:
    receiver = Receiver(replace(TIMES, hold_off_ns=50 * MS))
    receiver.light(Side.WORKING, False, 100 * MS)  # held off until 160 ms
    receiver.light(Side.PROTECTING, False, 110 * MS)
    receiver.light(Side.PROTECTING, True, 300 * MS)  # no failure any more from 310 ms on
    receiver.run(1000 * MS)
    assert receiver.history[1:] == [(310 * MS, None), (315 * MS, Side.PROTECTING)]


def test_the_hold_off_runs_while_the_other_path_is_down_too() -> None:
    receiver = Receiver(replace(TIMES, hold_off_ns=50 * MS))
    receiver.light(Side.PROTECTING, False, 100 * MS)
    receiver.light(Side.WORKING, False, 120 * MS)  # found at 130 ms, held off until 180 ms
    receiver.light(Side.PROTECTING, True, 140 * MS)  # found at 150 ms
    receiver.run(1000 * MS)
    assert receiver.history[1:] == [(180 * MS, None), (185 * MS, Side.PROTECTING)]


def test_a_degradation_that_becomes_a_failure_is_held_off_anew() -> None:
    selector = Selector(replace(TIMES, hold_off_ns=50 * MS), 0)
    for side in Side:
        selector.condition(side, SD, 0)
    selector.condition(Side.WORKING, SF, 100 * MS)
    assert selector.next_timer() == 150 * MS


def test_a_longer_protecting_path_is_kept_back_until_it_brings_news() -> None:
    receiver = Receiver(skew_ns=40 * MS)
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.run(1000 * MS)
    assert receiver.history[1:] == [(110 * MS, None), (140 * MS, Side.PROTECTING)]


def test_not_revertive_stays() -> None:
    receiver = Receiver()
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.light(Side.WORKING, True, 200 * MS)
    receiver.run(10_000 * MS)
    assert receiver.selector.position is Side.PROTECTING


def test_revertive_waits_to_restore_and_starts_anew_when_it_fails_again() -> None:
    receiver = Receiver(replace(TIMES, revertive=True), skew_ns=-20 * MS)
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.light(Side.WORKING, True, 200 * MS)
    receiver.light(Side.WORKING, False, 300 * MS)  # found at 210, so restored at 310
    receiver.light(Side.WORKING, True, 400 * MS)
    receiver.run(10_000 * MS)
    # 410 found, 510 restored; the working path is 20 ms longer
    assert receiver.history[-2:] == [(510 * MS, None), (530 * MS, Side.WORKING)]


def test_with_both_dark_it_takes_whichever_comes_back() -> None:
    receiver = Receiver()
    receiver.light(Side.PROTECTING, False, 50 * MS)
    receiver.light(Side.WORKING, False, 100 * MS)
    receiver.run(500 * MS)
    assert receiver.history == [(0, Side.WORKING)]
    receiver.light(Side.PROTECTING, True, 600 * MS)
    receiver.run(1000 * MS)
    assert receiver.history[1:] == [(610 * MS, None), (615 * MS, Side.PROTECTING)]


@pytest.mark.parametrize(
    ("working", "protecting", "position"),
    [
        (SD, OK, Side.PROTECTING),
        (SF, SD, Side.PROTECTING),
        (SD, SD, Side.WORKING),
        (SD, SF, Side.WORKING),
        (SF, SF, Side.WORKING),
    ],
)
def test_the_worse_condition_is_left(
    working: Condition, protecting: Condition, position: Side
) -> None:
    selector = Selector(TIMES, 0)
    selector.condition(Side.PROTECTING, protecting, 0)
    selector.condition(Side.WORKING, working, 0)
    while (at_ns := selector.next_timer()) is not None:
        selector.handle_timer(at_ns)
    assert selector.selected is position


CHANGE = st.tuples(st.sampled_from(Side), st.booleans(), st.integers(1, 60 * MS))


@settings(deadline=None, derandomize=True, max_examples=200)
@given(
    st.lists(CHANGE, max_size=30),
    st.integers(-50 * MS, 50 * MS),
    st.booleans(),
    st.sampled_from([0, 7 * MS]),
)
@example(  # light is back before the selector moves, but not yet detected
    [(Side.WORKING, False, 1), (Side.WORKING, True, 10 * MS)], 5 * MS + 1, True, 7 * MS
)
def test_no_frame_comes_twice_and_light_is_found(
    changes: list[tuple[Side, bool, int]], skew_ns: int, revertive: bool, hold_off_ns: int
) -> None:
    times = replace(TIMES, revertive=revertive, hold_off_ns=hold_off_ns)
    receiver = Receiver(times, skew_ns)
    light = dict.fromkeys(Side, True)
    now_ns = 1000 * MS
    for side, present, later_ns in changes:
        now_ns += later_ns
        receiver.light(side, present, now_ns)
        light[side] = present
    receiver.run(now_ns + 10_000 * MS)
    # A stay on a path brings what was sent from its start to its end, less the path's delay; what
    # a path brought before the light went is not brought again by the other one.
    delay_ns = {Side.WORKING: 0, Side.PROTECTING: skew_ns}
    brought_ns = -(10**18)
    for (start_ns, side), (end_ns, _) in pairwise(receiver.history):
        if side is not None:
            lit = [at for at in receiver.lit_until(side, end_ns) if at >= start_ns]
            assert start_ns - delay_ns[side] >= brought_ns or not lit
            brought_ns = max([brought_ns, *(at - delay_ns[side] for at in lit)])
    if any(light.values()):
        assert receiver.selector.selected is not None
        assert light[receiver.selector.position]
    if all(light.values()) and revertive:
        assert receiver.selector.selected is Side.WORKING


def test_the_planned_outage_is_what_the_selector_does() -> None:
    links = [
        {"a": a, "b": b, "km": km} for a, b, km in (("a", "b", 10), ("b", "c", 900), ("c", "a", 9))
    ]
    scenario = make_scenario(
        {
            "name": "ring",
            "network": {"nodes": [{"id": node} for node in "abc"], "links": links},
            "sites": dict.fromkeys("ab"),
            "lightpaths": [{"from": "a", "to": "b", "rate": "100G", "protection": "1+1"}],
        }
    )
    (lightpath,) = compile_plan(scenario, network_of(scenario)).lightpaths
    assert skew_ns(lightpath) > 4 * MS
    for times in (TIMES, replace(TIMES, detection_ns=0, switching_ns=1 * MS)):
        receiver = Receiver(times, skew_ns(lightpath))
        receiver.light(Side.WORKING, False, 100 * MS)
        receiver.run(1000 * MS)
        planned = planned_outage(times, lightpath, 50_000)
        assert receiver.moves == [(100 * MS + planned.gap_ns, Side.PROTECTING)]
        assert planned.total_ns == planned.gap_ns + 50_000
        assert planned.lost_ns >= 0
