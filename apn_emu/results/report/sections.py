"""What a report says in tables and charts: expectations, measurements, events, versions."""

from __future__ import annotations

import platform
from html import escape

import yaml

from apn_emu import __version__
from apn_emu.results.matrices import SUMMARY, Matrix, matrices, summaries
from apn_emu.results.metrics import METRICS, show
from apn_emu.results.over_time import throughput_chart
from apn_emu.results.report.markup import cell, heading, say, table
from apn_emu.results.result import Result
from apn_emu.results.wording import (
    SCALES,
    action_row,
    event_note,
    lightpath_rows,
    measured_words,
    outage_row,
    scorecard_rows,
)
from apn_emu.units import format_duration


def before(result: Result) -> list[str]:
    """Return what comes first: was it as expected?"""
    return [_expectations(result), _scorecard(result), _baselines(result)]


def after(result: Result, command: str) -> list[str]:
    """Return what was lit and measured, and how to do it again."""
    return [
        _lightpaths(result),
        *(_heat_map(matrix) for matrix in matrices(result)),
        _summary(result),
        _over_time(result),
        _events(result),
        _actions(result),
        _outages(result),
        _engine(result),
        _reproduction(result, command),
    ]


def _expectations(result: Result) -> str:
    rows = [
        [
            cell(verdict.text, "text"),
            cell(measured_words(verdict)),
            cell("met", "good") if verdict.met else cell("FAILED", "bad"),
        ]
        for verdict in result.expectations
    ]
    return table("Expectations", ["expectation", "measured", "outcome"], rows)


def _scorecard(result: Result) -> str:
    networks = list(dict.fromkeys(record.network for record in result.scorecard))
    rows = [
        [cell(word, "text" if column == 0 else "") for column, word in enumerate(row)]
        for row in scorecard_rows(result.scorecard)
    ]
    return table("Scorecard", ["indicator", *networks], rows)


def _baselines(result: Result) -> str:
    rows = [
        [
            *(cell(word, "text") for word in (baseline.name, record.kind, record.metric)),
            *(
                cell(show(METRICS[record.metric].dimension, value))
                for value in (record.apn, record.baseline)
            ),
            cell("·" if record.ratio is None else f"{record.ratio:.3g}"),
        ]
        for baseline in result.baselines
        for record in baseline.compared
    ]
    header = ["baseline", "workload", "metric", "APN, median", "baseline, median", "ratio"]
    return table("Baselines", header, rows)


def _lightpaths(result: Result) -> str:
    header = ["route", "centre, THz", "width, GHz", "mode", "rate", "length, km", "delay, us"]
    rows = [
        [cell(word, "text" if column == 0 else "") for column, word in enumerate(words)]
        for path in result.lightpaths
        for words in lightpath_rows(path)
    ]
    return table("Lightpaths", header, rows)


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
    return table(scale.title, ["from \\ to", *matrix.sites], rows, f" ({matrix.kind})")


def _summary(result: Result) -> str:
    rows = []
    for row in summaries(result):
        dimension = METRICS[row.metric].dimension
        values = [show(dimension, value) for value in row.statistics.values()]
        texts = [row.metric, METRICS[row.metric].definition]
        cells = [cell(text, "text") for text in (row.kind, *texts)]
        rows.append([*cells, *map(cell, (str(row.samples), *values))])
    header = ["workload", "metric", "definition", "samples", *SUMMARY]
    return table("Measurements", header, rows)


def _over_time(result: Result) -> str:
    if not result.series:
        return ""
    chart = throughput_chart(result.series, result.events)
    return f'{heading("Throughput over time")}\n<div class="wide">{chart}</div>'


def _events(result: Result) -> str:
    rows = [
        [
            cell(format_duration(event.at_s), "text"),
            *(cell(word, "text") for word in (event.kind, event.target, event_note(event))),
        ]
        for event in result.events
    ]
    return table("Events", ["at", "event", "where", "note"], rows)


def _actions(result: Result) -> str:
    rows = [
        [cell(word, "text") for word in action_row(action)]
        for event in result.events
        for action in event.actions
    ]
    return table("Recovery", ["after", "lightpath", "action", "how"], rows)


def _outages(result: Result) -> str:
    rows = [
        [cell(word, "text" if column < 2 else "") for column, word in enumerate(words)]
        for event in result.events
        for words in (outage_row(event, outage) for outage in event.outages)
    ]
    header = ["event", "way", "planned", "measured", "recovery", "packets lost"]
    return table("Outages", header, rows)


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
    cells = [[cell(name, "text"), cell(value, "text")] for name, value in rows]
    return table("Engine and versions", ["what", "value"], cells)


def _reproduction(result: Result, command: str) -> str:
    scenario = yaml.safe_dump(dict(result.scenario), sort_keys=False, allow_unicode=True)
    return "\n".join(
        [
            heading("How to reproduce"),
            f"<pre>{escape(command)}</pre>",
            f"<details><summary>{say('The scenario')}</summary>",
            f"<pre>{escape(scenario)}</pre>\n</details>",
        ]
    )
