"""Provisioning: rules go out, confirmations come in, and nothing is ever half installed.

OpenFlow 1.3 has no transactions. Each job's rules are sent to all its switches, each followed by a
barrier; the job is done when every barrier has been answered and no switch has complained, else all
of it is taken back everywhere. Pure: messages in, messages and events out, no socket and no clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from apn_emu.control.rules import Group, Rule, RuleSet


@dataclass(frozen=True)
class Message:
    """An OpenFlow message to send: add or delete an entry, or a barrier."""

    dpid: int
    xid: int
    command: Literal["add", "delete", "barrier"]
    entry: Rule | Group | None = None


@dataclass(frozen=True)
class Outcome:
    """A job came to its end: installed, or refused with the reason and all of it undone."""

    job: str
    installed: bool
    reason: str = ""


class State(Enum):
    """Where a job stands."""

    WAITING = "for its switches to connect"
    SENT = "for confirmations"
    UNDOING = "for confirmation that it was undone"
    INSTALLED = "installed"
    REFUSED = "refused"


@dataclass
class _Job:
    name: str
    rules: RuleSet
    state: State = State.WAITING
    unanswered: set[int] = field(default_factory=set)
    """Transaction ids of barriers that no switch has answered yet."""
    reason: str = ""


class Provisioner:
    """Installs jobs, named sets of rules, on the switches that are connected."""

    def __init__(self) -> None:
        self._connected: set[int] = set()
        self._jobs: dict[str, _Job] = {}
        self._job_of_xid: dict[int, _Job] = {}
        self._last_xid = 0

    def submit(self, name: str, rules: RuleSet) -> list[Message]:
        """Take a job; its messages go out now, or when its last switch connects."""
        job = self._jobs[name] = _Job(name, rules)
        return list(self._try(job))

    def connected(self, dpid: int) -> list[Message]:
        """Note that a switch is there; return what can be sent now."""
        self._connected.add(dpid)
        waiting = [job for job in self._jobs.values() if job.state is State.WAITING]
        return [message for job in waiting for message in self._try(job)]

    def missing(self) -> list[int]:
        """Return the switches that jobs still wait for."""
        waiting = (job for job in self._jobs.values() if job.state is State.WAITING)
        return sorted({d for job in waiting for d in job.rules.dpids} - self._connected)

    def states(self) -> dict[str, State]:
        """Return the state of each job."""
        return {name: job.state for name, job in self._jobs.items()}

    def refused(self, dpid: int, xid: int, reason: str) -> None:
        """Note that a switch refused the message `xid`; the job is undone after its barriers."""
        job = self._job_of_xid.get(xid)
        if job and not job.reason:
            job.reason = f"switch {dpid:#x} refused a rule: {reason}"

    def barrier_answered(self, xid: int) -> tuple[list[Message], list[Outcome]]:
        """Note a barrier's answer; return what follows."""
        job = self._job_of_xid.get(xid)
        if job is None or xid not in job.unanswered:
            return [], []
        job.unanswered.remove(xid)
        if job.unanswered:
            return [], []
        if job.state is State.UNDOING:
            job.state = State.REFUSED
            return [], [Outcome(job.name, False, job.reason)]
        if job.reason:
            job.state = State.UNDOING
            return list(self._send(job, "delete")), []
        job.state = State.INSTALLED
        return [], [Outcome(job.name, True)]

    def _try(self, job: _Job) -> Iterator[Message]:
        if self._connected.issuperset(job.rules.dpids):
            job.state = State.SENT
            yield from self._send(job, "add")

    def _send(self, job: _Job, command: Literal["add", "delete"]) -> Iterator[Message]:
        entries: Iterable[Rule | Group] = (*job.rules.groups, *job.rules.rules)
        if command == "delete":  # rules first: they may use the groups
            entries = (*job.rules.rules, *job.rules.groups)
        for entry in entries:
            yield Message(entry.dpid, self._xid(job), command, entry)
        for dpid in job.rules.dpids:
            xid = self._xid(job)
            job.unanswered.add(xid)
            yield Message(dpid, xid, "barrier")

    def _xid(self, job: _Job) -> int:
        self._last_xid += 1
        self._job_of_xid[self._last_xid] = job
        return self._last_xid
