"""Options of the commands that take a scenario: `plan`, `run` and `shell`."""

from __future__ import annotations

import click

overrides = click.option(
    "--set", "overrides", multiple=True, metavar="KEY=VALUE", help="Change a value."
)
seed = click.option(
    "--seed", type=click.IntRange(0, 2**32 - 1), help="Seed, instead of the scenario's."
)
engine = click.option(
    "--engine",
    type=click.Choice(["embedded", "host"]),
    default="embedded",
    help="Where it runs: in a kernel of its own, or on this machine's in real time.",
)
