"""What a report says in tables: expectations, baselines, lightpaths, measurements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from apn_emu.results.comparison import APN, ComparedRecord
from apn_emu.results.indicators import INDICATORS
from apn_emu.results.matrices import SUMMARY, TAIL_SAMPLES, TAILS, Matrix, Summary, summaries
from apn_emu.results.metrics import METRICS, show
from apn_emu.results.report.markup import Section, cell, facts, raw_cell, say, say_both, table
from apn_emu.results.result import Result
from apn_emu.results.wording import SCALES, indicator_words, lightpath_rows, measured_words

MOST_WIDE = 14
"""So many sites of a matrix stand beside each other in the common size."""

NOTHING = '<td><span class="quiet">·</span></td>'


def overview(result: Result, plan: Mapping[str, Any] | None) -> str:
    """Return the line below the title: was it as expected, and how large is it?"""
    met = sum(verdict.met for verdict in result.expectations)
    style = "good" if result.met else "bad"
    numbers = [(f"{met} / {len(result.expectations)}", "expectations met", style)]
    numbers += [(str(len(result.sites)), "sites", "")]
    if plan:
        fibres, servers = plan["fibres"], (len(site["servers"]) for site in plan["sites"])
        km = sum(fibre["length_km"] for fibre in fibres)
        numbers += [(str(sum(servers)), "servers", ""), (str(len(fibres)), "fibre pairs", "")]
        numbers += [(f"{km:,.0f}", "km of fibre", "")]
    numbers += [(str(len(result.lightpaths)), "lightpaths", "")]
    return facts(numbers if result.expectations else numbers[1:])


def expectations(result: Result) -> Section:
    """Return each expectation with what was measured and whether it was met."""
    rows = [
        [
            raw_cell(say(verdict.text)),
            raw_cell(say(measured_words(verdict))),
            raw_cell(say("met"), "good") if verdict.met else raw_cell(say("FAILED"), "bad"),
        ]
        for verdict in result.expectations
    ]
    return Section("Expectations", table(["expectation", "measured", "outcome"], rows))


def scorecard(result: Result) -> Section:
    """Return the indicators of all networks side by side, each with its definition."""
    networks = list(dict.fromkeys(record.network for record in result.scorecard))
    value_of = {(record.indicator, record.network): record for record in result.scorecard}
    rows = []
    for name, indicator in INDICATORS.items():
        records = [value_of.get((name, network)) for network in networks]
        if any(records):
            better = "more is better" if indicator.more_is_better else "less is better"
            defined = say_both(indicator.definition, indicator.japanese)
            words = f"{escape(name)}{_small(f'{defined} · {say(better)}')}"
            values = [cell(indicator_words(record)) if record else NOTHING for record in records]
            rows.append([raw_cell(words), *values])
    return Section("Scorecard", table(["indicator", *networks], rows))


def baselines(result: Result) -> Section:
    """Return the medians of each workload on every network, with their ratio to the APN's."""
    found = [{(r.kind, r.metric): r for r in each.compared} for each in result.baselines]
    rows = []
    for kind, metric in dict.fromkeys(key for records in found for key in records):
        records = [of_baseline.get((kind, metric)) for of_baseline in found]
        apn = next(record.apn for record in records if record is not None)
        value = cell(show(METRICS[metric].dimension, apn))
        rows.append([cell(kind), _metric(metric), value, *map(_compared, records)])
    header = ["workload", "metric", APN, *(baseline.name for baseline in result.baselines)]
    broken = (
        f'<p class="bad">{escape(each.name)}: {say("broke off")}: {escape(each.error)}</p>'
        for each in result.baselines
        if each.error
    )
    return Section("Baselines", table(header, rows, texts=2) + "".join(broken))


def _compared(record: ComparedRecord | None) -> str:
    if record is None:
        return NOTHING
    ratio = "" if record.ratio is None else _small(f"{record.ratio:.3g} x")
    return raw_cell(escape(show(METRICS[record.metric].dimension, record.baseline)) + ratio)


def lightpaths(result: Result, plan: Mapping[str, Any] | None) -> Section:
    """Return a row for each path; with the plan, how good the signal is."""
    header = ["route", "centre, THz", "width, GHz", "mode", "rate", "length, km", "delay, us"]
    planned = {path["id"]: path for path in plan["lightpaths"]} if plan else {}
    rows = []
    for path in result.lightpaths:
        known = planned.get(path.id)
        qots = [p["qot"] for p in (known, known["protecting"]) if p] if known else [None, None]
        for words, qot in zip(lightpath_rows(path), qots, strict=False):
            quality = [f"{qot[name]:.1f}" for name in ("gsnr_01nm_db", "margin_db")] if qot else []
            rows.append([cell(word) for word in (*words, *quality)])
    return Section("Lightpaths", table([*header, "GSNR, dB", "margin, dB"][: _width(rows)], rows))


def _width(rows: list[list[str]]) -> int:
    return max(map(len, rows), default=0)


def heat_map(matrix: Matrix) -> Section:
    """Return the mean from each site to each site; the larger, the darker."""
    scale = SCALES[matrix.metric]
    most = max(matrix.mean.values())
    rows = []
    for source in matrix.sites:
        row = [f'<th scope="row">{escape(source)}</th>']
        for destination in matrix.sites:
            value = matrix.mean.get((source, destination))
            if value is None:
                row.append(NOTHING)
                continue
            share = f"{60 * value / most:.0f}%" if most else "0%"
            row.append(f'<td class="heat" style="--share: {share}">{scale.show(value)}</td>')
        rows.append(row)
    style = "dense" if len(matrix.sites) > MOST_WIDE else ""
    content = table(["from \\ to", *matrix.sites], rows, style=style)
    return Section(scale.title, content, f" ({matrix.kind})")


def measurements(result: Result) -> Section:
    """Return the statistics of all samples, with the definition of each metric."""
    rows = [
        [cell(row.kind), _metric(row.metric), cell(str(row.samples)), *_statistics(row)]
        for row in summaries(result)
    ]
    return Section(
        "Measurements", table(["workload", "metric", "samples", *SUMMARY], rows, texts=2)
    )


def _statistics(row: Summary) -> Iterator[str]:
    dimension = METRICS[row.metric].dimension
    for name, value in row.statistics.items():
        told = name not in TAILS or row.samples >= TAIL_SAMPLES
        yield cell(show(dimension, value)) if told else NOTHING


def _metric(name: str) -> str:
    defined = say_both(METRICS[name].definition, METRICS[name].japanese)
    return raw_cell(escape(name) + _small(defined))


def _small(content: str) -> str:
    return f'<small class="quiet">{content}</small>'
