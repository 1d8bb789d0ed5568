"""`apn-emu clean`: remove what killed runs of the host engine have left."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from apn_emu.errors import ExitCode


@click.command(name="clean")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def command(as_json: bool) -> int:
    """Remove what runs with `--engine host` left that were killed; safe to repeat.

    Only what stands in their ledgers is touched, and no run that still goes on.

    \b
    Examples:
      apn-emu clean
      sudo apn-emu clean --json
    """
    from apn_emu.engine.host.cleaning import clean

    cleaned = clean()
    if as_json:
        click.echo(json.dumps(asdict(cleaned)))
        return ExitCode.OK
    for process in cleaned.processes:
        click.echo(f"ended: process {process.pid}, {process.what}")
    for folder in cleaned.folders:
        click.echo(f"removed: {folder.path}")
    for process in cleaned.running:
        click.echo(f"left alone: a run goes on, process {process.pid}")
    if not cleaned.processes and not cleaned.folders:
        click.echo("nothing to clean")
    return ExitCode.OK
