"""Entries of switches, the messages that carry them, and batches that a barrier ends. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from apn_emu.control.procedures import Ticket
from apn_emu.control.rules import Group, Rule

Command = Literal["add", "modify", "delete", "barrier"]
Entry = Rule | Group
Key = tuple[object, ...]


@dataclass(frozen=True)
class Message:
    """An OpenFlow message to send: an entry to add or delete, or a barrier.

    Adding a rule overwrites one of equal priority and match; a group that is there must be
    modified instead (OpenFlow 1.3.5, 6.4 and 6.7).
    """

    dpid: int
    xid: int
    command: Command
    entry: Entry | None = None


def key_of(entry: Entry) -> Key:
    """Return what tells entries of one switch apart: priority and match, or the group's id."""
    if isinstance(entry, Group):
        return ("group", entry.group_id)
    return ("rule", entry.priority, *sorted(entry.match.items()))


class Batch(Ticket):
    """What was sent to a switch before a barrier; `refused` holds entries that it did not take."""

    __slots__ = ("first_xid", "refused", "sent")

    def __init__(self, first_xid: int, sent: Sequence[tuple[Command, Entry]]) -> None:
        super().__init__()
        self.first_xid = first_xid
        self.sent = sent
        self.refused: list[tuple[Entry, str]] = []

    @property
    def barrier_xid(self) -> int:
        """Transaction id of the barrier behind the entries."""
        return self.first_xid + len(self.sent)


class FirstSync(Ticket):
    """Closed when a switch holds its first table, however often its connection was lost before."""

    __slots__ = ("refused",)

    def __init__(self) -> None:
        super().__init__()
        self.refused: list[tuple[Entry, str]] = []


def in_order(
    add: Sequence[Entry], delete: Sequence[Entry], held: set[Key]
) -> Iterator[tuple[Command, Entry]]:
    """Yield entries such that no rule ever uses a group that is not there."""
    yield from (("delete", entry) for entry in delete if isinstance(entry, Rule))
    for entry in add:
        if isinstance(entry, Group):
            yield ("modify" if key_of(entry) in held else "add"), entry
    yield from (("add", entry) for entry in add if isinstance(entry, Rule))
    yield from (("delete", entry) for entry in delete if isinstance(entry, Group))
