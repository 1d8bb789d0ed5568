"""`apn-emu clean`: remove what killed runs of the host engine have left, and the cache."""

from __future__ import annotations

import json
from dataclasses import asdict

import click

from apn_emu.errors import ExitCode


@click.command(name="clean")
@click.option("--cache", is_flag=True, help="Also empty the cache, but for what runs use now.")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
def command(cache: bool, as_json: bool) -> int:
    """Remove what runs with `--engine host` left that were killed; safe to repeat.

    Only what stands in their ledgers is touched, and no run that still goes on. The cache keeps
    itself small: it holds compiled code, which is made again when needed, and the results from
    which sweeps resume.

    \b
    Examples:
      apn-emu clean
      apn-emu clean --cache
      sudo apn-emu clean --json
    """
    from apn_emu.engine.embedded import pruning
    from apn_emu.engine.embedded.cache import cache_folder
    from apn_emu.engine.host.cleaning import clean
    from apn_emu.units import format_bytes

    cleaned = clean()
    emptied = pruning.empty() if cache else 0
    left = pruning.size()
    if as_json:
        sizes = {"removed_bytes": emptied, "bytes": left, "folder": str(cache_folder())}
        click.echo(json.dumps(asdict(cleaned) | {"cache": sizes}))
        return ExitCode.OK
    for process in cleaned.processes:
        click.echo(f"ended: process {process.pid}, {process.what}")
    for folder in cleaned.folders:
        click.echo(f"removed: {folder.path}")
    for process in cleaned.running:
        click.echo(f"left alone: a run goes on, process {process.pid}")
    if not cleaned.processes and not cleaned.folders:
        click.echo("nothing left of killed runs")
    if cache:
        click.echo(f"removed: {format_bytes(emptied)} of the cache")
    click.echo(f"cache: {format_bytes(left)} in {cache_folder()}")
    return ExitCode.OK
