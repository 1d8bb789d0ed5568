"""The tables of a terminal as HTML, for a notebook."""

from __future__ import annotations

import io

from rich.console import Console, RenderableType

_COLUMNS = 110


def as_html(renderable: RenderableType) -> str:
    """Return what would be printed, as preformatted HTML that inherits the page's colours."""
    console = Console(
        record=True, file=io.StringIO(), width=_COLUMNS, force_jupyter=False, highlight=False
    )
    console.print(renderable)
    return console.export_html(
        inline_styles=True, code_format='<pre style="line-height: 1.2">{code}</pre>'
    )
