"""How all tables for the terminal look."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.table import Table


def plain_table(title: str, left: Sequence[str], right: Sequence[str]) -> Table:
    """Return an empty table; the columns of `right` are numbers."""
    table = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,  # the widest fill a terminal of 80 columns
    )
    for name in left:
        table.add_column(name, overflow="fold")
    for name in right:
        table.add_column(name, justify="right", overflow="fold")
    return table
