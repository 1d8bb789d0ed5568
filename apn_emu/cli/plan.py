"""`apn-emu plan`: how a scenario's lightpaths are allocated, without running anything."""

from __future__ import annotations

from pathlib import Path

import click

from apn_emu.cli import scenario_options
from apn_emu.cli.files import FILE, PATH


@click.command(name="plan", short_help="Show a scenario's lightpaths without running it.")
@click.argument("file", type=PATH)
@scenario_options.overrides
@scenario_options.seed
@click.option("--explain", is_flag=True, help="Say what was tried for each lightpath, and why.")
@click.option(
    "--svg",
    "svg_file",
    type=FILE,
    help="Write the spectrum, fibres by frequency, as an SVG picture.",
)
@click.option(
    "--map",
    "map_file",
    type=FILE,
    help="Write the map of the network as an SVG picture.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    file: Path,
    overrides: tuple[str, ...],
    seed: int | None,
    explain: bool,
    svg_file: Path | None,
    map_file: Path | None,
    as_json: bool,
) -> None:
    """Show how the lightpaths of the scenario in FILE are allocated, without running it.

    \b
    Examples:
      apn-emu plan experiments/tokyo_metro.yaml --explain
      apn-emu plan mine.yaml --set lightpaths.0.rate=400G --svg spectrum.svg
    """
    from apn_emu.allocation.explanation import explain as explained
    from apn_emu.cli import plan_output
    from apn_emu.cli.files import write_file
    from apn_emu.errors import InputError
    from apn_emu.planning.compile import check_supported, plan_of
    from apn_emu.planning.lighting import light
    from apn_emu.planning.occupancy import spectrum_svg
    from apn_emu.results.network_map import network_map
    from apn_emu.scenario.loading import load_scenario, network_of

    scenario = load_scenario(file, overrides)
    network = network_of(scenario)
    check_supported(scenario, network)
    chosen = scenario.seed if seed is None else seed
    lighting = light(scenario, network, chosen)
    explanation = [explained(answer) for answer in lighting.answers] if explain else []
    if lighting.problems:
        if not as_json:
            plan_output.print_explanation(explanation)
        raise InputError(lighting.problems)
    plan = plan_of(scenario, network, lighting, chosen)
    pictures = {svg_file: spectrum_svg(plan), map_file: network_map(network)}
    for picture, text in pictures.items():
        if picture is not None:
            write_file(picture, text)
    if as_json:
        plan_output.print_json(plan, explanation)
    else:
        plan_output.print_tables(plan)
        plan_output.print_explanation(explanation)
