"""report.html: a run on one page that needs nothing else, to open, mail and print."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

import yaml

from apn_emu import __version__
from apn_emu.results.matrices import Matrix, matrices, summaries
from apn_emu.results.metrics import METRICS, show
from apn_emu.results.over_time import throughput_chart
from apn_emu.results.result import Result
from apn_emu.results.wording import (
    SCALES,
    event_note,
    lightpath_rows,
    measured_words,
    outage_row,
)
from apn_emu.units import format_duration


def report_html(result: Result, command: str) -> str:
    """Return the page; `command` is what reproduces the run from the scenario's file."""
    sections = [
        _expectations(result),
        _lightpaths(result),
        *(_heat_map(matrix) for matrix in matrices(result)),
        _summary(result),
        _over_time(result),
        _events(result),
        _outages(result),
        _engine(result),
        _reproduction(result, command),
    ]
    return page(result.name, str(result.scenario.get("description", "")), sections)


def page(title: str, description: str, sections: Iterable[str]) -> str:
    """Return a whole page of sections, which are HTML already."""
    template = files("apn_emu.results").joinpath("report.html").read_text("utf-8")
    return Template(template).substitute(
        title=escape(title),
        description=escape(description),
        body="\n".join(filter(None, sections)),
    )


def _expectations(result: Result) -> str:
    rows = [
        [
            _cell(verdict.text, "text"),
            _cell(measured_words(verdict)),
            _cell("met", "good") if verdict.met else _cell("FAILED", "bad"),
        ]
        for verdict in result.expectations
    ]
    return _section("Expectations", ["expectation", "measured", "outcome"], rows)


def _lightpaths(result: Result) -> str:
    header = ["route", "centre, THz", "width, GHz", "mode", "rate", "length, km", "delay, us"]
    rows = [
        [_cell(word, "text" if column == 0 else "") for column, word in enumerate(words)]
        for path in result.lightpaths
        for words in lightpath_rows(path)
    ]
    return _section("Lightpaths", header, rows)


def _heat_map(matrix: Matrix) -> str:
    scale = SCALES[matrix.metric]
    most = max(matrix.mean.values())
    rows = []
    for source in matrix.sites:
        row = [f'<th scope="row">{escape(source)}</th>']
        for destination in matrix.sites:
            value = matrix.mean.get((source, destination))
            if value is None:
                row.append('<td><span class="quiet">·</span></td>')
                continue
            share = f"{60 * value / most:.0f}%" if most else "0%"
            row.append(f'<td class="heat" style="--share: {share}">{scale.show(value)}</td>')
        rows.append(row)
    return _section(f"{scale.title} ({matrix.kind})", ["from \\ to", *matrix.sites], rows)


def _summary(result: Result) -> str:
    rows = []
    for row in summaries(result):
        dimension = METRICS[row.metric].dimension
        values = [show(dimension, value) for value in (row.minimum, row.median, row.maximum)]
        texts = [row.metric, METRICS[row.metric].definition]
        cells = [_cell(text, "text") for text in (row.kind, *texts)]
        rows.append([*cells, *map(_cell, (str(row.samples), *values))])
    header = ["workload", "metric", "definition", "samples", "min", "median", "max"]
    return _section("Measurements", header, rows)


def _over_time(result: Result) -> str:
    if not result.series:
        return ""
    chart = throughput_chart(result.series, result.events)
    return f'<h2>Throughput over time</h2>\n<div class="wide">{chart}</div>'


def _events(result: Result) -> str:
    rows = [
        [
            _cell(format_duration(event.at_s), "text"),
            *(_cell(word, "text") for word in (event.kind, event.target, event_note(event))),
        ]
        for event in result.events
    ]
    return _section("Events", ["at", "event", "where", "note"], rows)


def _outages(result: Result) -> str:
    rows = [
        [_cell(word, "text" if column < 2 else "") for column, word in enumerate(words)]
        for event in result.events
        for words in (outage_row(event, outage) for outage in event.outages)
    ]
    header = ["event", "way", "planned", "measured", "recovery", "packets lost"]
    return _section("Outages", header, rows)


def _engine(result: Result) -> str:
    engine = result.engine
    exact = "exact" if engine.exact else "not exact"
    rows = [
        ("exactness", f"{exact}: {engine.why}"),
        ("engine", engine.name),
        ("kernel", engine.kernel),
        ("seed", str(result.seed)),
        ("wall time", f"{result.wall_seconds:.1f} s"),
        ("apn-emu", __version__),
        ("Python", platform.python_version()),
        ("result schema", result.schema),
    ]
    cells = [[_cell(name, "text"), _cell(value, "text")] for name, value in rows]
    return _section("Engine and versions", ["what", "value"], cells)


def _reproduction(result: Result, command: str) -> str:
    scenario = yaml.safe_dump(dict(result.scenario), sort_keys=False, allow_unicode=True)
    return (
        f"<h2>How to reproduce</h2>\n<pre>{escape(command)}</pre>\n"
        f"<details><summary>The scenario</summary>\n<pre>{escape(scenario)}</pre>\n</details>"
    )


def _cell(text: str, style: str = "") -> str:
    attribute = f' class="{style}"' if style else ""
    return f"<td{attribute}>{escape(text)}</td>"


def _section(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a heading and a table, nothing if there are no rows; cells are HTML already."""
    lines = [f"<tr>{''.join(row)}</tr>" for row in rows]
    if not lines:
        return ""
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in header)
    return "\n".join(
        [
            f'<h2>{escape(title)}</h2>\n<div class="wide"><table>',
            f"<thead><tr>{heads}</tr></thead>\n<tbody>",
            *lines,
            "</tbody></table></div>",
        ]
    )
