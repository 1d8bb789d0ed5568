"""report.html of a sweep: figures, medians, what failed, and how to repeat it. Pure."""

from __future__ import annotations

import shlex
from html import escape

import yaml

from apn_emu.results.notebook import as_html
from apn_emu.results.report.markup import heading, page
from apn_emu.scenario.overriding import words
from apn_emu.sweeps.figures import figures
from apn_emu.sweeps.record import SweepResult
from apn_emu.sweeps.tables import sweep_tables


def sweep_html(sweep: SweepResult) -> str:
    """Return the page. It needs nothing else, but links to the reports of the points."""
    pictures = [f"<figure>{svg}</figure>" for svg in figures(sweep).values()]
    body = [
        *([heading("Figures"), *pictures] if pictures else []),
        f'{heading("Points")}\n<div class="wide">{as_html(sweep_tables(sweep))}</div>',
        f"{heading('Programs')}\n<pre>{escape(yaml.safe_dump(dict(sweep.engine)))}</pre>",
        f"{heading('How to reproduce')}\n<pre>{escape(_command(sweep))}</pre>",
        f"<pre>{escape(yaml.safe_dump(dict(sweep.scenario), sort_keys=False))}</pre>",
    ]
    return page(sweep.name, str(sweep.scenario.get("description", "")), body)


def _command(sweep: SweepResult) -> str:
    axes = (f"{axis.key}={','.join(map(words, axis.values))}" for axis in sweep.axes)
    parts = [word for axis in axes for word in ("--set", axis)]
    return shlex.join(["apn-emu", "sweep", f"{sweep.name}.yaml", *parts])
