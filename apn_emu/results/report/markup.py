"""Pieces of a page: text in English and Japanese, cells, tables, sections, the page itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from string import Template

from apn_emu.results.report.japanese import japanese


@dataclass(frozen=True)
class Section:
    """A part of the page; `content` is HTML, `detail` stands behind the title, not translated."""

    title: str
    content: str
    detail: str = ""


def say(text: str) -> str:
    """Return text as HTML, in both languages where we know the Japanese; CSS shows one."""
    return say_both(text, japanese(text))


def say_both(english: str, in_japanese: str | None) -> str:
    """Return text as HTML in both languages, in English only where there is no other."""
    if in_japanese is None:
        return escape(english)
    return f'<span lang="en">{escape(english)}</span><span lang="ja">{escape(in_japanese)}</span>'


def cell(text: str, style: str = "") -> str:
    """Return a table's cell; `style` is a class of the page's style sheet."""
    return raw_cell(escape(text), style)


def raw_cell(content: str, style: str = "") -> str:
    """Return a table's cell whose content is HTML already."""
    attribute = f' class="{style}"' if style else ""
    return f"<td{attribute}>{content}</td>"


def table(
    header: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1, style: str = ""
) -> str:
    """Return a table, nothing if there are no rows; cells are HTML already.

    The first `texts` columns (up to 4) are text, the others numbers. `style` is one more class.
    """
    lines = [f"<tr>{''.join(row)}</tr>" for row in rows]
    if not lines:
        return ""
    heads = "".join(f'<th scope="col">{say(name)}</th>' for name in header)
    return "\n".join(
        [
            f'<div class="wide"><table class="texts{texts} {style}">',
            f"<thead><tr>{heads}</tr></thead>\n<tbody>",
            *lines,
            "</tbody></table></div>",
        ]
    )


def facts(numbers: Iterable[tuple[str, str, str]]) -> str:
    """Return the line below the title: numbers with what they count and their style."""
    items = (f'<li class="{style}"><b>{n}</b> {say(what)}</li>' for n, what, style in numbers)
    return f'<ul class="facts">{"".join(items)}</ul>'


def page(title: str, description: str, sections: Iterable[Section], head: str = "") -> str:
    """Return a whole page of those sections that have content; `head` is HTML, too."""
    here = files("apn_emu.results.report")
    parts = {name: here.joinpath(f"page.{name}").read_text("utf-8") for name in ("css", "js")}
    shown = [section for section in sections if section.content]
    return Template(here.joinpath("page.html").read_text("utf-8")).substitute(
        title=escape(title),
        description=escape(description),
        head=head,
        contents="\n".join(_entry(number, section) for number, section in enumerate(shown, 1)),
        body="\n".join(_section(number, section) for number, section in enumerate(shown, 1)),
        **parts,
    )


def _entry(number: int, section: Section) -> str:
    return f'<li><a href="#s{number}">{say(section.title)}{escape(section.detail)}</a></li>'


def _section(number: int, section: Section) -> str:
    heading = f'<h2 id="s{number}">{say(section.title)}{escape(section.detail)}</h2>'
    return f'<section aria-labelledby="s{number}">\n{heading}\n{section.content}\n</section>'
