"""`apn-emu shell`: the network of a scenario, up and lit, behind a prompt."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from apn_emu.cli import scenario_options
from apn_emu.cli.files import PATH

if TYPE_CHECKING:
    from apn_emu.engine.shell import ShellSession

PROMPT = "apn-emu> "
EXIT = ("exit", "quit")


@click.command(name="shell")
@click.argument("file", type=PATH)
@scenario_options.overrides
@scenario_options.seed
@scenario_options.engine
@click.option("--real-time", is_flag=True, help="Let time pass as it does here, at the prompt too.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def command(
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    engine: str,
    real_time: bool,
    quiet: bool,
) -> None:
    """Light the network of the scenario in FILE and carry out lines from the standard input.

    Its workloads and events are left out. Time passes in the network only while a line is carried
    out, and as fast as this machine can; it stands still at the prompt. Ctrl-C ends a program,
    Ctrl-D the session. `apn-emu lightpath` in another terminal speaks to its controller.

    \b
    Examples:
      apn-emu shell experiments/tokyo_metro.yaml
      apn-emu shell experiments/tokyo_metro.yaml --real-time
      echo 'tokyo1 ping -c 1 chiba1' | apn-emu shell experiments/tokyo_metro.yaml
    """
    from apn_emu import api
    from apn_emu.cli.measuring import ProgressLine
    from apn_emu.engine.shell import ShellSession
    from apn_emu.scenario.loading import load_scenario

    signal.signal(signal.SIGTERM, _end)
    scenario = load_scenario(file, overrides)
    plan = api.plan(scenario, seed)
    folder = scenario.source.folder.resolve()
    with ExitStack() as stack:
        with ProgressLine(quiet) as progress:
            session = ShellSession(plan, folder, progress.show, engine, real_time)
            stack.enter_context(session)
        words = [*plan.servers, *plan.fibre_by_id]
        for line in _typed(session, words) if sys.stdin.isatty() else sys.stdin:
            if line.strip() in EXIT:
                break
            for piece in session.answer(line):
                click.echo(piece, nl=False)


def _end(number: int, frame: Any) -> None:
    """End the session, as Ctrl-C at a prompt does not."""
    raise click.Abort


def _typed(session: ShellSession, names: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a terminal, with a prompt, editing, history and completion."""
    _complete(names)
    time = "goes on" if session.real_time else "stands still"
    click.echo(f"time {time} at the prompt; help lists the commands")
    with _on_interrupt(lambda number, frame: session.interrupt()):
        while True:
            try:
                with _on_interrupt(signal.default_int_handler):
                    line = input(PROMPT)
            except KeyboardInterrupt:
                click.echo()
            except EOFError:
                click.echo()
                return
            else:
                yield line


@contextmanager
def _on_interrupt(handler: Callable[[int, Any], Any]) -> Iterator[None]:
    """Let Ctrl-C call the handler."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _complete(names: Iterable[str]) -> None:
    """Let the tabulator key complete commands and names."""
    import readline  # it also gives input() editing and history

    from apn_emu.measuring.shell_lines import COMMANDS

    words = sorted({*COMMANDS, *EXIT, *names})

    def complete(begun: str, number: int) -> str | None:
        fitting = [f"{word} " for word in words if word.startswith(begun)]
        return fitting[number] if number < len(fitting) else None

    readline.set_completer(complete)
    readline.set_completer_delims(" ")
    readline.parse_and_bind("tab: complete")
