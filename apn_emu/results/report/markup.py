"""Pieces of a page: text in English and Japanese, cells, tables, the page itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from string import Template

from apn_emu.results.report.japanese import JAPANESE


def say(text: str) -> str:
    """Return text as HTML, in both languages where we know the Japanese; CSS shows one."""
    english = escape(text)
    if text not in JAPANESE:
        return english
    return f'<span lang="en">{english}</span><span lang="ja">{escape(JAPANESE[text])}</span>'


def cell(text: str, style: str = "") -> str:
    """Return a table's cell; `style` is a class of the page's style sheet."""
    attribute = f' class="{style}"' if style else ""
    return f"<td{attribute}>{escape(text)}</td>"


def heading(title: str, detail: str = "") -> str:
    """Return a section's heading; `detail` is not translated."""
    return f"<h2>{say(title)}{escape(detail)}</h2>"


def table(
    title: str, header: Sequence[str], rows: Iterable[Sequence[str]], detail: str = ""
) -> str:
    """Return a heading and a table, nothing if there are no rows; cells are HTML already."""
    lines = [f"<tr>{''.join(row)}</tr>" for row in rows]
    if not lines:
        return ""
    heads = "".join(f'<th scope="col">{say(name)}</th>' for name in header)
    return "\n".join(
        [
            f'{heading(title, detail)}\n<div class="wide"><table>',
            f"<thead><tr>{heads}</tr></thead>\n<tbody>",
            *lines,
            "</tbody></table></div>",
        ]
    )


def page(title: str, description: str, sections: Iterable[str]) -> str:
    """Return a whole page of sections, which are HTML already."""
    here = files("apn_emu.results.report")
    parts = {name: here.joinpath(f"page.{name}").read_text("utf-8") for name in ("css", "js")}
    return Template(here.joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(title),
        description=escape(description),
        body="\n".join(filter(None, sections)),
        **parts,
    )
