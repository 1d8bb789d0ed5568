"""`apn-emu smoke`: the smallest whole measurement, for CI jobs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from apn_emu.cli import junit
from apn_emu.errors import ExitCode


@click.command(name="smoke")
@junit.option
@click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing; the exit code says it.")
def command(junit_file: Path | None, as_json: bool, quiet: bool) -> int:
    """Measure two sites and one lightpath with ping and iperf3; one line says how it went.

    \b
    Examples:
      apn-emu smoke
      apn-emu smoke --quiet --junit smoke.xml
    """
    from apn_emu.cli.measuring import measure_smoke
    from apn_emu.units import format_duration, format_rate

    with junit.noted_errors(junit_file, "smoke"):
        result = measure_smoke()
    junit.write_result(junit_file, result)
    values = {m.metric: m.value for m in result.measurements}
    outcome = {
        "ok": result.met,
        "rtt_s": values["rtt"],
        "throughput_bps": values["throughput"],
        "kernel": result.engine.kernel,
        "exact": result.engine.exact,
        "wall_seconds": result.wall_seconds,
        "failed": [verdict.text for verdict in result.expectations if not verdict.met],
    }
    if as_json:
        click.echo(json.dumps(outcome))
    elif not quiet:
        word = "ok" if result.met else f"FAILED ({'; '.join(outcome['failed'])})"
        rtt, rate = format_duration(values["rtt"]), format_rate(values["throughput"])
        click.echo(
            f"smoke {word}: rtt {rtt}, {rate}, {result.engine.kernel},"
            f" exact: {str(result.engine.exact).lower()}, {result.wall_seconds:.1f} s"
        )
    return ExitCode.OK if result.met else ExitCode.EXPECTATION_FAILED
