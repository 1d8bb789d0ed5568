"""The standard output, and what happens when it cannot be written."""

from __future__ import annotations

import errno
import os
import select
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from apn_emu.errors import ExitCode


class OutputError(Exception):
    """The standard output cannot be written: its reader is gone, or its disk is full.

    Not an `OSError`, which click would end with a code of its own.
    """

    def tell(self) -> ExitCode:
        """Say why, unless nobody reads; write no more, not even at the end of the process."""
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if self.args[0] == errno.EPIPE:
            return ExitCode.NOBODY_READS
        click.echo(f"error: the output cannot be written: {os.strerror(self.args[0])}", err=True)
        return ExitCode.MACHINE_LACKS


@contextmanager
def noticing_output() -> Iterator[None]:
    """Raise `OutputError` when what is written inside fails."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        full = error.errno == errno.ENOSPC and error.filename is None
        if full or (error.errno == errno.EPIPE and _nobody_reads()):
            raise OutputError(error.errno) from error
        raise


def _nobody_reads() -> bool:
    poll = select.poll()
    poll.register(sys.stdout, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))
