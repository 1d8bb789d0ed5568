"""report.html of a sweep: figures, medians, all points, and how to repeat it. Pure."""

from __future__ import annotations

import shlex

from apn_emu.results.report.markup import Section, cell, facts, page, raw_cell, say, table
from apn_emu.results.report.origin import program_rows, reproduction
from apn_emu.scenario.overriding import words
from apn_emu.sweeps.figures import figures
from apn_emu.sweeps.record import PointRecord, SweepResult, folder_of
from apn_emu.sweeps.tables import combinations, median, metrics_of

MOST_ROWS = 2000
"""Of a table; sweep.csv and sweep.json have all."""


def sweep_html(sweep: SweepResult) -> str:
    """Return the page. It needs nothing else, but links to the reports of the points."""
    pictures = [f'<figure class="wide">{svg}</figure>' for svg in figures(sweep).values()]
    programs = table(["what", "value"], program_rows(sweep.engine), texts=2)
    sections = [
        Section("Figures", "\n".join(pictures)),
        Section("Medians", _medians(sweep)),
        Section("Points", _points(sweep)),
        Section("Programs", programs),
        reproduction(dict(sweep.scenario), _command(sweep)),
    ]
    return page(sweep.name, str(sweep.scenario.get("description", "")), sections, _head(sweep))


def _head(sweep: SweepResult) -> str:
    met = sum(record.exit_code == 0 for record in sweep.points)
    style = "good" if met == len(sweep.points) else "bad"
    numbers = [(f"{met} / {len(sweep.points)}", "points as expected", style)]
    if sweep.failures:
        numbers.append((str(len(sweep.failures)), "points failed", "bad"))
    return facts(numbers)


def _medians(sweep: SweepResult) -> str:
    metrics = metrics_of(sweep)
    rows = []
    for values, records in list(combinations(sweep).items())[:MOST_ROWS]:
        met = sum(record.exit_code == 0 for record in records)
        style = "good" if met == len(records) else "bad"
        medians = (cell(median(records, *metric)) for metric in metrics)
        rows.append([*map(cell, values), *medians, cell(f"{met} / {len(records)}", style)])
    keys = [axis.key for axis in sweep.axes[:-1]]
    return table([*keys, *(" ".join(metric) for metric in metrics), "met"], rows)


def _points(sweep: SweepResult) -> str:
    rows = [
        [_link(record), cell(record.point.label), raw_cell(*_outcome(record))]
        for record in sweep.points[:MOST_ROWS]
    ]
    return table(["point", "values", "outcome"], rows, texts=3)


def _link(record: PointRecord) -> str:
    number = str(record.point.number)
    if record.result is None:
        return cell(number)
    return raw_cell(f'<a href="{folder_of(record.point)}/report.html">{number}</a>')


def _outcome(record: PointRecord) -> tuple[str, str]:
    if record.exit_code == 0:
        return say("met"), "good"
    return say(record.words), "bad"


def _command(sweep: SweepResult) -> str:
    axes = (f"{axis.key}={','.join(map(words, axis.values))}" for axis in sweep.axes)
    parts = [word for axis in axes for word in ("--set", axis)]
    return shlex.join(["apn-emu", "sweep", f"{sweep.name}.yaml", *parts])
