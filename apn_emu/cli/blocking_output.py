"""What `apn-emu blocking` prints and writes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from apn_emu.cli.blocking_runs import Point
from apn_emu.cli.files import write_file

Settings = dict[str, Any]


def show(settings: Settings, points: Sequence[Point], as_json: bool) -> None:
    """Print the results; as JSON one object, with `points` when it is a sweep."""
    if not as_json:
        _table(settings, points)
    elif len(points) == 1:
        click.echo(json.dumps({**_record(points[0]), "settings": settings}, indent=1))
    else:
        records = [_record(point) for point in points]
        click.echo(json.dumps({"points": records, "settings": settings}, indent=1))


def write_csv(file: Path, settings: Settings, points: Sequence[Point]) -> None:
    """Write one line a load, with the settings that tell sweeps apart."""
    named = {
        key: settings[key] for key in ("network", "policy", "k", "order", "slots", "direction")
    }
    rows = []
    for point in points:
        record = {**named, **_record(point)}
        for interval in ("confidence_interval", "independent_interval"):
            record[f"{interval}_low"], record[f"{interval}_high"] = record.pop(interval)
        del record["requests_per_second"]  # the same sweep gives the same file
        rows.append(record)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_file(file, stream.getvalue())


def write_svg(file: Path, settings: Settings, points: Sequence[Point]) -> None:
    """Write blocking over load with its confidence intervals, on a logarithmic scale."""
    from apn_emu.results.chart import Curve, line_chart
    from apn_emu.results.chart import Point as Dot

    results = [point.result for point in points]
    service = tuple(Dot(r.load_erlang, r.service_blocking, *r.confidence_interval) for r in results)
    rate = tuple(Dot(r.load_erlang, *[r.bitrate_blocking] * 3) for r in results)
    title = "{network}, {policy}, k = {k} by {order}, {slots} slots".format(**settings)
    curves = [Curve("requests", service), Curve("bit rate", rate)]
    write_file(file, line_chart(curves, title, "load (Erlang)", "blocking probability", True))


def _record(point: Point) -> dict[str, Any]:
    record = asdict(point.result)
    for interval in ("confidence_interval", "independent_interval"):
        record[interval] = list(record[interval])
    return {**record, "requests_per_second": round(point.requests_per_second)}


def _table(settings: Settings, points: Sequence[Point]) -> None:
    from rich import box
    from rich.table import Table

    from apn_emu.cli.printer import Printer

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for head in ("load E", "held E", "blocked", "95 % interval", "bit rate", "used", "frag"):
        table.add_column(head, justify="right", no_wrap=True)
    for point in points:
        result = point.result
        low, high = result.confidence_interval
        table.add_row(
            f"{result.load_erlang:g}",
            f"{result.effective_load_erlang:.1f}",
            f"{result.service_blocking:.3e}",
            f"{low:.2e} to {high:.2e}",
            f"{result.bitrate_blocking:.3e}",
            f"{result.utilisation:.1%}",
            f"{result.fragmentation:.2f}",
        )
    console = Printer()
    truncated = settings["holding_truncated_at_means"]
    held = f"drawn again above {truncated:g} means" if truncated else "not truncated"
    console.print("{network}, {policy}, k = {k}: {order_detail}".format(**settings))
    console.print("{slots} slots of {slot_ghz:g} GHz, directions {direction}".format(**settings))
    console.print(f"holding times {held}")
    console.print(table)
    rate = min(point.requests_per_second for point in points)
    console.print(f"{points[0].result.requests} requests a load, {rate:,.0f} a second on a core")
