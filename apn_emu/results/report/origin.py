"""Where a result comes from: the engine, all versions, and how to get the same again."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import yaml

from apn_emu.results.report.markup import Section, raw_cell, say, table
from apn_emu.results.result import Result


def versions(result: Result) -> Section:
    """Return the engine, how exact it was, and the programs that took part."""
    engine = result.engine
    exact = say("exact" if engine.exact else "not exact")
    rows = [
        ("exactness", f"{exact}: {'; '.join(map(say, engine.why.split('; ')))}"),
        ("engine", escape(engine.name)),
        ("kernel", escape(engine.kernel)),
        ("seed", str(result.seed)),
        ("wall time", f"{result.wall_seconds:.1f} s"),
        ("result schema", escape(result.schema)),
    ]
    cells = [[raw_cell(say(name)), raw_cell(value)] for name, value in rows]
    cells += program_rows(engine.programs)
    return Section("Engine and versions", table(["what", "value"], cells, texts=2))


def program_rows(programs: Mapping[str, str]) -> list[list[str]]:
    """Return a row for each program, with version and hash."""
    return [[raw_cell(say(name)), raw_cell(say(version))] for name, version in programs.items()]


def reproduction(scenario: object, command: str) -> Section:
    """Return the command that gives the same again, and the scenario with all its values."""
    text = yaml.safe_dump(scenario, sort_keys=False, allow_unicode=True)
    hint = "Save this scenario under the name in the command, then run the command."
    content = "\n".join(
        [
            f"<pre>{escape(command)}</pre>",
            f"<details><summary>{say('The scenario')}</summary>",
            f'<p class="quiet">{say(hint)}</p>\n<pre>{escape(text)}</pre>\n</details>',
        ]
    )
    return Section("How to reproduce", content)
