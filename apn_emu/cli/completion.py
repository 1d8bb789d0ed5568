"""`apn-emu completion`: lets a shell complete commands, options and files."""

from __future__ import annotations

import click


@click.command(name="completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def command(shell: str) -> None:
    """Print the script that completes apn-emu in SHELL.

    \b
    Examples:
      eval "$(apn-emu completion bash)"       # in ~/.bashrc
      eval "$(apn-emu completion zsh)"        # in ~/.zshrc
      apn-emu completion fish > ~/.config/fish/completions/apn-emu.fish
    """
    from click.shell_completion import get_completion_class

    from apn_emu.cli import group

    completion = get_completion_class(shell)
    assert completion is not None  # click brings these three
    click.echo(completion(group, {}, "apn-emu", "_APN_EMU_COMPLETE").source())
