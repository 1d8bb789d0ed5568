"""The switches' tables as the controller wants them, and how they are brought there. Pure.

The wanted table changes at once; messages carry each change out, in one batch a switch that ends in
a barrier. A switch that comes back is compared with what it should hold: only the difference is
sent. Nothing is kept of a batch once its barrier has been answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from apn_emu.control.batches import Batch, Command, Entry, Key, Message, in_order, key_of
from apn_emu.control.procedures import Ticket
from apn_emu.control.requests import Code
from apn_emu.control.rules import Group


class Switches:
    """Wanted tables, connections and what is under way to each switch (by datapath id)."""

    def __init__(self) -> None:
        self._wanted: dict[int, dict[Key, Entry]] = {}
        self._connected: set[int] = set()
        self._under_way: dict[int, list[Batch]] = {}
        self._refused: dict[int, dict[Key, Command]] = {}
        self._out: list[Message] = []
        self._next_xid = 1

    def want(self, entries: Iterable[Entry]) -> None:
        """Add to the wanted tables of switches that are not connected yet; nothing is sent."""
        for entry in entries:
            self._wanted.setdefault(entry.dpid, {})[key_of(entry)] = entry

    def wanted(self, dpid: int) -> tuple[Entry, ...]:
        """Return what a switch should hold."""
        return tuple(self._wanted.get(dpid, {}).values())

    @property
    def dpids(self) -> tuple[int, ...]:
        """All switches that should hold something, sorted."""
        return tuple(sorted(self._wanted))

    def is_connected(self, dpid: int) -> bool:
        """Return whether a switch has a connection."""
        return dpid in self._connected

    def change(self, add: Iterable[Entry] = (), delete: Iterable[Entry] = ()) -> list[Ticket]:
        """Change the wanted tables and send that; return a ticket for each switch.

        Entries that are deleted and added under one key are overwritten, without a gap. Of a switch
        without a connection nothing is deleted before it is back, and there is no ticket of that;
        a ticket of adding has failed already.
        """
        adding: dict[int, dict[Key, Entry]] = {}
        deleting: dict[int, dict[Key, Entry]] = {}
        for entry in add:
            adding.setdefault(entry.dpid, {})[key_of(entry)] = entry
        for entry in delete:
            if key_of(entry) not in adding.get(entry.dpid, {}):
                deleting.setdefault(entry.dpid, {})[key_of(entry)] = entry
        tickets: list[Ticket] = []
        for dpid in sorted({*adding, *deleting}):
            table = self._wanted.setdefault(dpid, {})
            refused = self._refused.get(dpid, {})
            held = {key for key in table if refused.get(key) != "add"}
            for key in deleting.get(dpid, {}):
                table.pop(key, None)
            table.update(adding.get(dpid, {}))
            if not table:
                del self._wanted[dpid]
            added, deleted = (each.get(dpid, {}).values() for each in (adding, deleting))
            if added or dpid in self._connected:
                tickets.append(self._send(dpid, list(added), list(deleted), held))
        return tickets

    def connected(self, dpid: int, installed: Iterable[Entry] | None) -> Batch:
        """Bring a switch that has connected to its wanted table; the batch is the ticket of that.

        `installed` is what it holds; None: not known, then everything is written and nothing
        removed. What is right already is not touched.
        """
        self._connected.add(dpid)
        wanted = self._wanted.get(dpid, {})
        held = {key_of(entry): entry for entry in installed or ()}
        missing = [entry for key, entry in wanted.items() if held.get(key) != entry]
        orphans = [entry for key, entry in held.items() if key not in wanted]
        return self._send(dpid, missing, orphans, set(held))

    def lost(self, dpid: int) -> None:
        """Note that a connection was lost; what was under way has failed."""
        self._connected.discard(dpid)
        self._refused.pop(dpid, None)
        for batch in self._under_way.pop(dpid, ()):
            batch.fail(Code.SWITCH_UNREACHABLE, f"switch {dpid:#x} lost its connection")
            batch.close()

    def refused(self, dpid: int, xid: int, reason: str) -> None:
        """Note that a switch refused the message `xid`."""
        for batch in self._under_way.get(dpid, ()):
            if batch.first_xid <= xid < batch.barrier_xid:
                batch.fail(Code.SWITCH_REFUSED, f"switch {dpid:#x} refused a rule: {reason}")
                batch.refused.append((batch.sent[xid - batch.first_xid][1], reason))

    def barrier_answered(self, dpid: int, xid: int) -> None:
        """Note that a switch has done all that was sent before the barrier `xid`."""
        batches = self._under_way.get(dpid, [])
        for batch in batches:
            if batch.barrier_xid == xid:
                batches.remove(batch)
                self._note_refused(dpid, batch)
                batch.close()
                return

    @property
    def has_refused(self) -> bool:
        """Whether a switch lacks entries that it refused and should hold all the same."""
        return any(
            key in self._wanted.get(dpid, {})
            for dpid, keys in self._refused.items()
            for key in keys
        )

    def send_refused_again(self) -> None:
        """Send what was refused and is still wanted once more.

        A group that could not be modified is added, and the other way round: which was right then
        depends on what was refused before.
        """
        refused, self._refused = self._refused, {}
        for dpid, commands in refused.items():
            wanted = self._wanted.get(dpid, {})
            again = [
                (_other(command) if isinstance(wanted[key], Group) else command, wanted[key])
                for key, command in commands.items()
                if key in wanted
            ]
            if again and dpid in self._connected:
                self._send_in_order(dpid, again)

    def _note_refused(self, dpid: int, batch: Batch) -> None:
        refused = {key_of(entry) for entry, _ in batch.refused}
        lacking = self._refused.setdefault(dpid, {})
        for command, entry in batch.sent:
            if key_of(entry) in refused:
                lacking[key_of(entry)] = command
            else:
                lacking.pop(key_of(entry), None)
        if not lacking:
            del self._refused[dpid]

    def take_messages(self) -> list[Message]:
        """Return what is to be sent, in order, and forget it."""
        out, self._out = self._out, []
        return out

    def _send(
        self, dpid: int, add: Sequence[Entry], delete: Sequence[Entry], held: set[Key]
    ) -> Batch:
        return self._send_in_order(dpid, list(in_order(add, delete, held)))

    def _send_in_order(self, dpid: int, ordered: Sequence[tuple[Command, Entry]]) -> Batch:
        batch = Batch(self._next_xid, ordered)
        if dpid not in self._connected:
            batch.fail(Code.SWITCH_UNREACHABLE, f"switch {dpid:#x} is not connected")
            batch.close()
            return batch
        for number, (command, entry) in enumerate(ordered, batch.first_xid):
            self._out.append(Message(dpid, number, command, entry))
        self._out.append(Message(dpid, batch.barrier_xid, "barrier"))
        self._next_xid = (batch.barrier_xid + 1) % (1 << 31) or 1
        self._under_way.setdefault(dpid, []).append(batch)
        return batch


def _other(command: Command) -> Command:
    return "modify" if command == "add" else "add"
