"""`apn-emu blocking`: Erlang traffic on a network, and how much of it is turned away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from apn_emu.cli.files import FILE
from apn_emu.cli.numbers import Finite

PRESETS: dict[str, dict[str, Any]] = {
    "xlron-nsfnet": {
        "network": "nsfnet",
        "load": "190,230,270",
        "policy": "ksp-ff",
        "k": 5,
        "order": "hops",
        "ties": "spread",
        "slots": 100,
        "slot_ghz": 12.5,
        "guard_slots": 1,
        "rates": "25:100:1",
        "modulations": "16QAM:625:4,8QAM:1250:3,QPSK:2500:2,BPSK:inf:1",
        "holding": 20.0,
        "truncate": 2.0,
        "direction": "separate",
        "warmup": 3000,
    }
}
"""Settings of published results; what is given on the command line wins."""

REFERENCE = PRESETS["xlron-nsfnet"]

WITH_QUALITY = {"slots": 768, "slot_ghz": 6.25, "rates": "100,200,400"}
"""Defaults of --quality: the C band in the units of the optical layer."""


def _preset(context: click.Context, _: click.Parameter, name: str | None) -> str | None:
    if name is not None:
        context.default_map = {**(context.default_map or {}), **PRESETS[name]}
    return name


def _quality(context: click.Context, _: click.Parameter, wanted: bool) -> bool:
    if wanted:
        context.default_map = {**(context.default_map or {}), **WITH_QUALITY}
    return wanted


def _option(name: str, help_text: str, **settings: Any) -> Callable[[Any], Any]:
    """Return an option whose default is the reference's value."""
    key = name.removeprefix("--").replace("-", "_")
    return click.option(
        name, key, default=REFERENCE[key], show_default=True, help=help_text, **settings
    )


@click.command(short_help="Blocking probability under Erlang traffic.")
@click.option(
    "--preset",
    type=click.Choice(list(PRESETS)),
    is_eager=True,
    callback=_preset,
    help="Settings of a published result; other options override them.",
)
@click.option(
    "--quality",
    is_flag=True,
    is_eager=True,
    callback=_quality,
    help="Choose real transceiver modes by GSNR beside all lit paths, instead of --modulations;"
    " slots are then 6.25 GHz.",
)
@_option("--network", "A shipped network or a file (`apn-emu topologies` lists them).")
@_option("--load", "Erlang in the whole network: 210, or 190,230 or 150:300:10 for a sweep.")
@_option("--policy", "ROUTE-PLACE, like ksp-ff, ff-ksp, load-bf, ksp-mu; a wrong name lists all.")
@_option("--k", "Candidate routes of each pair of nodes.", type=click.IntRange(1))
@_option(
    "--order",
    "Candidates: fewest hops, tried by hops / bits per symbol; or fewest km.",
    type=click.Choice(["hops", "km"]),
)
@_option(
    "--ties",
    "Among routes of equal hops: an arbitrary fixed order, or the shorter first.",
    type=click.Choice(["spread", "km"]),
)
@_option("--slots", "Slots of each fibre.", type=click.IntRange(1, 100_000))
@_option("--slot-ghz", "Width of a slot in GHz.", type=Finite(0, min_open=True))
@_option("--guard-slots", "Slots added to each request.", type=click.IntRange(0))
@_option("--rates", "Gbit/s, equally likely: 100,200,400 or FIRST:LAST:STEP.")
@_option("--modulations", "NAME:REACH_KM:BITS_PER_SYMBOL, comma-separated.")
@click.option("--demand-slots", type=click.IntRange(1), help="Slots of any request; else by rate.")
@_option("--holding", "Mean holding time.", type=Finite(0, min_open=True))
@_option(
    "--truncate",
    "Holding times above this many means are drawn again; 0: never.",
    type=Finite(0),
)
@_option(
    "--direction",
    "One spectrum for each direction of a link, or one for both.",
    type=click.Choice(["separate", "shared"]),
)
@click.option(
    "--requests",
    type=click.IntRange(1),
    default=100_000,
    show_default=True,
    help="Requests that are counted.",
)
@_option("--warmup", "Requests before, which are not.", type=click.IntRange(0))
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--repeat",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Runs of each load with seeds SEED, SEED + 1, ..., pooled.",
)
@click.option("--jobs", type=click.IntRange(1), help="Processes of a sweep; else one a core.")
@click.option(
    "--csv",
    "csv_file",
    type=FILE,
    help="Write a table of the results.",
)
@click.option(
    "--svg",
    "svg_file",
    type=FILE,
    help="Write a plot of blocking over load.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(**options: Any) -> None:
    """Blocking probability of a network under Erlang traffic.

    Lightpaths are requested between random pairs of nodes and held for a random time; a request
    that finds no slots on any candidate route is blocked. All defaults are those of the published
    XLRON results on NSFNET (--preset xlron-nsfnet).

    \b
    Examples:
      apn-emu blocking --load 210
      apn-emu blocking --network jpn48 --quality --load 300:900:100 --svg blocking.svg
    """
    from apn_emu.cli.blocking_output import show, write_csv, write_svg
    from apn_emu.cli.blocking_runs import run_all
    from apn_emu.cli.blocking_settings import runs_of, settings

    runs = runs_of(options)
    points = run_all(runs, options["repeat"], options["jobs"])
    stated = settings(runs[0], options)
    if options["csv_file"]:
        write_csv(options["csv_file"], stated, points)
    if options["svg_file"]:
        write_svg(options["svg_file"], stated, points)
    show(stated, points, options["as_json"])
