"""The command line: one module a command, imported when it is called."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from apn_emu import __version__
from apn_emu.cli.output import OutputError, noticing_output
from apn_emu.errors import ApnError, ExitCode

COMMANDS = {
    "run": "Measure a scenario on the emulated network.",
    "sweep": "Measure a scenario with every combination of many values.",
    "plan": "Show how a scenario's lightpaths are allocated, without running it.",
    "shell": "Light a scenario's network and run commands in it, at a prompt.",
    "smoke": "Run the smallest whole measurement: does it work here?",
    "report": "Write the report of a run or a sweep anew.",
    "doctor": "Say what this machine can do, and what it lacks.",
    "blocking": "Simulate blocking under Erlang traffic.",
    "lightpath": "Create, list, show and delete lightpaths of a running network.",
    "topologies": "List and draw the networks that are shipped.",
    "clean": "Remove what killed runs of the host engine left, and the cache.",
    "completion": "Print the script that completes commands in a shell.",
}


class LazyGroup(click.Group):
    """Knows its commands by name and first line; imports a command's module when it is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of their use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"apn_emu.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Read the command line; `--help` is printed meanwhile."""
        with noticing_output():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        with noticing_output():
            return super().invoke(ctx)


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="apn-emu")
def group() -> None:
    """Emulate the all-photonic network that joins distributed data centres.

    Exit codes: 0 done and every expectation met; 1 an expectation failed; 2 bad input; 3 this
    machine lacks something; 4 the emulation failed; 130 interrupted. `apn-emu COMMAND --help`
    shows examples. Colours are left out where NO_COLOR is set or the output is no terminal.
    """


def _open_standard_files() -> None:
    """Give what the caller closed to /dev/null; else the next file opened would stand for it."""
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
            mode = "w" if descriptor else "r"
            setattr(sys, name, os.fdopen(descriptor, mode, closefd=False))


def main() -> None:
    """Run the command line; end with the exit code of the contract."""
    _open_standard_files()
    try:
        code = group.main(standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        code = ExitCode.INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = ExitCode.BAD_INPUT
    except ApnError as error:
        click.echo(f"error: {error}" if "\n" not in str(error) else f"errors:\n{error}", err=True)
        code = error.exit_code
    except OutputError as error:
        code = error.tell()
    sys.exit(int(code or 0))
