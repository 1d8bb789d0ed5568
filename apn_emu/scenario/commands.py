"""Commands as a user writes them: one text as a shell reads it, or a list of words."""

from __future__ import annotations

import shlex
from typing import Annotated

from pydantic import BeforeValidator

from apn_emu.scenario.base import problem


def _argv(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            argv = shlex.split(value)
        except ValueError as error:
            raise problem(f"{value!r}: {error}", "close the quotation") from error
    elif isinstance(value, list | tuple):
        argv = [str(word) for word in value]
    else:
        argv = []
    if not argv:
        raise problem(f"{value!r} is not a command", "write a program and its arguments")
    if any("\0" in word for word in argv):
        raise problem("a NUL character cannot stand in a command", "leave out \\0")
    return tuple(argv)


CommandLine = Annotated[tuple[str, ...], BeforeValidator(_argv)]
"""A program and its arguments."""
