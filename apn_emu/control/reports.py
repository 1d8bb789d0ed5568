"""What agents tell the controller, and what they catch up on when their node was down. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from apn_emu.control.transponders import FibreAlarm, PathAlarm, Switched

Statement = PathAlarm | FibreAlarm | Switched
"""What holds until the same agent says otherwise."""

Subject = tuple[str, ...]
"""The site of the agent, the kind of statement, and what it is about."""


class Reports:
    """The agents of all sites. One of a node that is down is silent; back, it says what is new."""

    def __init__(self, tell: Callable[[Statement], None]) -> None:
        self._tell = tell
        self._down: Counter[str] = Counter()
        self._stands: dict[Subject, Statement] = {}
        self._told: dict[Subject, Statement] = {}

    def say(self, site: str, statement: Statement) -> None:
        """Let a site's agent say what is so from now on."""
        subject = (site, *_about(statement))
        self._stands[subject] = statement
        if not self._down[site]:
            self._say(subject)

    def node_changed(self, site: str, works: bool) -> bool:
        """One thing less or more keeps a node down; return whether it went down or came back."""
        before = self._down[site]
        self._down[site] += -1 if works else 1
        changed = (before == 0) is not (self._down[site] == 0)
        if changed and works:
            for subject in [subject for subject in self._stands if subject[0] == site]:
                self._say(subject)
        return changed

    def forget(self, kind: type[Statement], name: str) -> None:
        """Forget what was said of a path or a lightpath that is not there any more."""
        for statements in (self._stands, self._told):
            for subject in [s for s in statements if s[1:3] == (kind.__name__, name)]:
                del statements[subject]

    def _say(self, subject: Subject) -> None:
        """Tell what stands, unless it is known; what came and went unnoticed never was."""
        statement, told = self._stands[subject], self._told.get(subject)
        raised = isinstance(statement, Switched) or statement.raised
        if statement == told or (told is None and not raised):
            return
        self._told[subject] = statement
        self._tell(statement)


def _about(statement: Statement) -> tuple[str, ...]:
    kind = type(statement).__name__
    match statement:
        case PathAlarm():
            return kind, statement.path, statement.kind
        case FibreAlarm():
            return kind, statement.fibre, statement.source
        case Switched():
            return kind, statement.lightpath
