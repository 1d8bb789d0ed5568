"""The console for tables."""

from __future__ import annotations

import errno
import os
from typing import NoReturn

from rich.console import Console


class Printer(Console):
    """Passes on that nobody reads, where rich would end the process with a code of its own."""

    def __init__(self, width: int | None = None) -> None:
        super().__init__(highlight=False, width=width)

    def on_broken_pipe(self) -> NoReturn:
        """Called by rich where it catches the error."""
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
