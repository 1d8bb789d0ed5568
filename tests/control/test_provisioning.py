"""Jobs on switches that answer, refuse and come late."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from apn_emu.control.provisioning import Message, Outcome, Provisioner, State
from apn_emu.control.rules import Group, Rule, RuleSet

SWITCHES = (1, 2, 3)


def job() -> RuleSet:
    """Return two rules on each switch and a group on the first."""
    rules = [Rule(d, 100, {"in_port": p}, (("output", 9),)) for d in SWITCHES for p in (1, 2)]
    return RuleSet([Group(1, 5, (1, 2))], rules)


class Switches:
    """Switches that keep what they are told; `refuses` says which entries they do not take."""

    def __init__(self, refuses: Callable[[Message], bool] = lambda message: False) -> None:
        self.provisioner = Provisioner()
        self.refuses = refuses
        self.held: dict[int, list[Rule | Group]] = {dpid: [] for dpid in SWITCHES}
        self.log: list[Message] = []

    def carry(self, messages: list[Message]) -> list[Outcome]:
        """Carry messages, and those that follow from the answers, until all is quiet."""
        outcomes: list[Outcome] = []
        queue = list(messages)
        while queue:
            message = queue.pop(0)
            self.log.append(message)
            held = self.held[message.dpid]
            if message.command == "barrier":
                more, ended = self.provisioner.barrier_answered(message.xid)
                queue += more
                outcomes += ended
            elif message.command == "delete":
                held[:] = [entry for entry in held if entry != message.entry]
            elif self.refuses(message):
                self.provisioner.refused(message.dpid, message.xid, "table full")
            elif message.entry is not None:
                held.append(message.entry)
        return outcomes

    def connect(self) -> list[Outcome]:
        """Connect all switches."""
        messages = [m for dpid in SWITCHES for m in self.provisioner.connected(dpid)]
        return self.carry(messages)


def test_a_job_is_installed_everywhere() -> None:
    switches = Switches()
    switches.connect()
    outcomes = switches.carry(switches.provisioner.submit("path", job()))
    assert outcomes == [Outcome("path", True)]
    assert [len(held) for held in switches.held.values()] == [3, 2, 2]
    assert switches.provisioner.states() == {"path": State.INSTALLED}


def test_nothing_goes_out_before_the_last_switch_is_there() -> None:
    switches = Switches()
    provisioner = switches.provisioner
    assert provisioner.submit("path", job()) == []
    assert provisioner.connected(1) == provisioner.connected(3) == []
    assert provisioner.missing() == [2]
    assert switches.carry(provisioner.connected(2)) == [Outcome("path", True)]
    assert provisioner.missing() == []


def test_each_switch_gets_its_barrier_after_its_entries_and_groups_before_rules() -> None:
    switches = Switches()
    switches.connect()
    switches.carry(switches.provisioner.submit("path", job()))
    for dpid in SWITCHES:
        commands = [m.command for m in switches.log if m.dpid == dpid]
        assert commands == [*["add"] * (len(commands) - 1), "barrier"]
    assert isinstance(switches.log[0].entry, Group)
    xids = [message.xid for message in switches.log]
    assert len(set(xids)) == len(xids)


@pytest.mark.parametrize("refused", range(7))
def test_one_refused_entry_undoes_everything_everywhere(refused: int) -> None:
    entries = [*job().groups, *job().rules]
    switches = Switches(lambda message: message.entry == entries[refused])
    switches.connect()
    (outcome,) = switches.carry(switches.provisioner.submit("path", job()))
    assert not outcome.installed
    assert "table full" in outcome.reason
    assert f"{entries[refused].dpid:#x}" in outcome.reason
    assert all(not held for held in switches.held.values())
    assert switches.provisioner.states() == {"path": State.REFUSED}


def test_deleting_rules_goes_before_their_groups_and_ends_in_barriers() -> None:
    switches = Switches(lambda message: message.dpid == 3)
    switches.connect()
    switches.carry(switches.provisioner.submit("path", job()))
    undoing = [m for m in switches.log if m.command == "delete"]
    kinds = [type(message.entry) for message in undoing]
    assert kinds.index(Group) == len(kinds) - 1
    assert [m.command for m in switches.log[-len(SWITCHES) :]] == ["barrier"] * len(SWITCHES)


def test_the_undone_is_told_only_after_every_barrier() -> None:
    provisioner = Provisioner()
    for dpid in SWITCHES:
        provisioner.connected(dpid)
    sent = provisioner.submit("path", job())
    provisioner.refused(1, sent[0].xid, "bad group")
    barriers = [message.xid for message in sent if message.command == "barrier"]
    assert [provisioner.barrier_answered(xid) for xid in barriers[:-1]] == [([], [])] * 2
    undo, outcomes = provisioner.barrier_answered(barriers[-1])
    assert outcomes == []
    assert provisioner.states() == {"path": State.UNDOING}
    last = [message.xid for message in undo if message.command == "barrier"]
    ended = [outcome for xid in last for outcome in provisioner.barrier_answered(xid)[1]]
    assert ended == [Outcome("path", False, "switch 0x1 refused a rule: bad group")]
    assert provisioner.barrier_answered(last[0]) == ([], [])


def test_another_job_is_not_touched() -> None:
    switches = Switches(lambda message: message.dpid == 3)
    switches.connect()
    other = RuleSet([], [Rule(1, 100, {"in_port": 7}, (("output", 8),))])
    assert switches.carry(switches.provisioner.submit("other", other)) == [Outcome("other", True)]
    switches.carry(switches.provisioner.submit("path", job()))
    assert switches.held == {1: other.rules, 2: [], 3: []}
