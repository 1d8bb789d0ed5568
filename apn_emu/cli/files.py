"""Files and folders that the user names on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from apn_emu.errors import InputError


class _Named(click.Path):
    """Refuses the empty name, as of a variable that is not set: it would be this folder."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":
            self.fail("the name is empty.", param, ctx)
        return super().convert(value, param, ctx)


PATH = _Named(path_type=Path)
FILE = _Named(dir_okay=False, path_type=Path)


def write_file(path: Path, text: str) -> None:
    """Write the text (UTF-8); raise `InputError` that names the file when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
