"""Agents that fall silent with their node and catch up."""

from __future__ import annotations

from apn_emu.control.reports import Reports, Statement
from apn_emu.control.transponders import AlarmKind, FibreAlarm, PathAlarm, Switched


def los(path: str, raised: bool, site: str = "a") -> PathAlarm:
    return PathAlarm(AlarmKind.LOS, path, site, raised)


def test_what_was_raised_while_a_node_was_down_is_told_when_it_is_back() -> None:
    told: list[Statement] = []
    reports = Reports(told.append)
    reports.say("a", los("lost-before", True))
    assert reports.node_changed("a", False)
    reports.say("a", los("lost", True))
    reports.say("a", los("lost-before", False))
    reports.say("a", los("flash", True))
    reports.say("a", los("flash", False))
    reports.say("a", FibreAlarm("a-b", "b", True))
    reports.say("a", Switched("x", "a", "x/protection"))
    reports.say("b", los("lost", True, "b"))
    assert told == [los("lost-before", True), los("lost", True, "b")], "only b can speak"
    told.clear()
    assert reports.node_changed("a", True)
    assert told == [
        los("lost-before", False),
        los("lost", True),
        FibreAlarm("a-b", "b", True),
        Switched("x", "a", "x/protection"),
    ]


def test_a_node_that_failed_twice_is_back_when_both_are_repaired() -> None:
    told: list[Statement] = []
    reports = Reports(told.append)
    changes = [reports.node_changed("a", works) for works in (False, False, True)]
    reports.say("a", los("x", True))
    assert (changes, told) == ([True, False, False], [])
    assert reports.node_changed("a", True)
    assert told == [los("x", True)]


def test_a_new_lightpath_of_an_old_name_begins_with_nothing_said() -> None:
    told: list[Statement] = []
    reports = Reports(told.append)
    said = (los("x", True), Switched("x", "a", "x/protection"), FibreAlarm("x", "a", True))
    for statement in (*said, *said):
        reports.say("a", statement)
    assert told == list(said), "nothing is said twice"
    reports.forget(PathAlarm, "x")
    reports.forget(Switched, "x")
    for statement in said:
        reports.say("a", statement)
    assert told[3:] == list(said[:2]), "the fibre of that name is still there"
