"""Writing a file that the user named on the command line."""

from __future__ import annotations

from pathlib import Path

from apn_emu.errors import InputError


def write_file(path: Path, text: str) -> None:
    """Write the text (UTF-8); raise `InputError` that names the file when it cannot be written."""
    try:
        path.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
