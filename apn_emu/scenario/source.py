"""Where each value of a scenario was written, so that every later error can name its line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from apn_emu.documents import Loc, dotted
from apn_emu.errors import Problem


@dataclass(frozen=True)
class Place:
    """A place that an error names. `file` is a path, or `--set key=value`."""

    file: str | None
    line: int | None
    key: str | None

    def problem(self, message: str, remedy: str | None = None) -> Problem:
        """Return the problem at this place."""
        return Problem(self.file, self.line, self.key, message, remedy)


@dataclass(frozen=True)
class Source:
    """Origin of a scenario: its file, the line of each place, and what `--set` wrote.

    A scenario made in Python has no file; its places are still named by their keys. `template` is
    its data before the parameters were filled in.
    """

    file: str | None = None
    lines: Mapping[Loc, int] = field(default_factory=dict)
    overrides: Mapping[Loc, str] = field(default_factory=dict)
    template: Mapping[str, Any] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Folder from which paths in the scenario count."""
        return Path(self.file).parent if self.file else Path()

    def where(self, *loc: str | int) -> Place:
        """Return the place of `loc`, or of the nearest enclosing value that was written."""
        key = dotted(loc) or None
        written = self.written(loc)
        if written in self.overrides:
            return Place(self.overrides[written], None, key)
        return Place(self.file, self.lines.get(written), key)

    def written(self, loc: Loc) -> Loc:
        """Return the longest part of `loc` that the user wrote, all of it if there is no file.

        They differ where a short form was written: `ping: {from: a, to: b}` has no pair 0.
        """
        if not self.lines:
            return loc
        places = [loc[:length] for length in range(len(loc), 0, -1)]
        # Lines below what `--set` wrote are those of values that are gone.
        known = self.overrides if any(p in self.overrides for p in places) else self.lines
        return next((p for p in places if p in known), ())
