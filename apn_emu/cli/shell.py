"""`apn-emu shell`: the network of a scenario, up and lit, behind a prompt."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from apn_emu.engine.shell import ShellSession

PROMPT = "apn-emu> "


@click.command(name="shell")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a value.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed, instead of the scenario's.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(file: Path, overrides: tuple[str, ...], seed: int | None, quiet: bool) -> None:
    """Light the network of the scenario in FILE and carry out lines from the standard input.

    Its workloads and events are left out. Time passes in the network only while a line is carried
    out: it stands still at the prompt. Ctrl-C ends a program, Ctrl-D the session.

    \b
    Examples:
      apn-emu shell experiments/tokyo_metro.yaml
      echo 'tokyo1 ping -c 1 chiba1' | apn-emu shell experiments/tokyo_metro.yaml
    """
    from apn_emu import api
    from apn_emu.cli.measuring import ProgressLine, end_like_interrupted
    from apn_emu.engine.shell import ShellSession
    from apn_emu.scenario.loading import load_scenario
    from apn_emu.workloads.shell import EXIT

    end_like_interrupted()
    scenario = load_scenario(file, overrides)
    folder = scenario.source.folder.resolve()
    with ExitStack() as stack:
        with ProgressLine(quiet) as progress:
            session = ShellSession(api.plan(scenario, seed), folder, progress.show)
            stack.enter_context(session)
        for line in _lines():
            if line.strip() in EXIT:
                break
            _carry_out(session, line)


def _carry_out(session: ShellSession, line: str) -> None:
    pieces = session.answer(line)
    while True:
        try:
            for piece in pieces:
                click.echo(piece, nl=False)
        except KeyboardInterrupt:
            pieces = session.interrupt()
        else:
            return


def _lines() -> Iterator[str]:
    """Yield the lines of a terminal, with a prompt, or of a file or pipe."""
    if not sys.stdin.isatty():
        yield from sys.stdin
        return
    import readline  # noqa: F401  line editing and history of input()

    click.echo("time stands still at the prompt; help lists the commands")
    while True:
        try:
            yield input(PROMPT)
        except KeyboardInterrupt:
            click.echo()
        except EOFError:
            click.echo()
            return
