"""Errors that a user sees, each with the exit code of the command-line contract.

Every error says what was wrong and what would be right. `InputError` carries all problems of a
stage, because a user who must fix a file wants to hear of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

NESTED_TOO_DEEP = "lists and mappings are nested too deep to be read"
"""Of a YAML or JSON text, whose readers recurse."""


class ExitCode(IntEnum):
    """Exit codes of every `apn-emu` command."""

    OK = 0
    EXPECTATION_FAILED = 1
    BAD_INPUT = 2
    MACHINE_LACKS = 3
    EMULATION_FAILED = 4
    INTERRUPTED = 130
    NOBODY_READS = 141
    """The reader of the output went away, as `head` does; what SIGPIPE gives in a shell."""


class ApnError(Exception):
    """Base of all errors that are shown to a user without a traceback."""

    exit_code = ExitCode.EMULATION_FAILED


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with an input: where it stands, what it is, and what would be right."""

    file: str | None
    line: int | None
    key: str | None
    message: str
    remedy: str | None = None

    def __str__(self) -> str:
        """Return `file:line: key: message; remedy`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        text = ": ".join(part for part in (place, self.key, self.message) if part)
        return f"{text}; {self.remedy}" if self.remedy else text


class InputError(ApnError):
    """The scenario, network or command line is wrong; `problems` lists every fault of the stage."""

    exit_code = ExitCode.BAD_INPUT

    def __init__(self, problems: Iterable[Problem] | Problem | str) -> None:
        if isinstance(problems, str):
            problems = Problem(None, None, None, problems)
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class MachineError(ApnError):
    """This machine lacks something; the message names it and the command that installs it."""

    exit_code = ExitCode.MACHINE_LACKS


class EmulationError(ApnError):
    """The emulation broke off: kernel panic, time limit, a refused rule, a full disk."""

    exit_code = ExitCode.EMULATION_FAILED
