"""What the user of a session at a prompt asks of it and what comes back: files, one stem a turn.

The guest shares one folder with its host and no network, and a pipe would disturb virtual time. The
host writes `STEM.in` and lets a machine that stands still go on; the session writes `STEM.out` and,
when all is said, `STEM.done`. Each side sees all of a file that must be whole, or nothing of it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = "shell"
"""In the folder of the run."""

LINE, REQUEST = "line", "request"
"""Kinds of turns: a line at the prompt, and an HTTP request to the controller. Each counts its own;
line 0 has nothing to say, but is done when the network is lit."""

LOOK_S = 0.02
"""How often the host looks for an answer, in wall-clock time."""


class Turn:
    """One thing asked, as both sides see it."""

    def __init__(self, folder: Path, kind: str, number: int) -> None:
        self._stem = folder / f"{kind}-{number}"
        self._stops = 0

    def ask(self, asked: bytes) -> None:
        """Host: ask."""
        unfinished = self._file("asking")
        unfinished.write_bytes(asked)
        unfinished.rename(self._file("in"))

    def stop(self) -> None:
        """Host: say that the user wants it to end, perhaps again."""
        self._stops += 1
        self._file(f"stop-{self._stops}").touch()

    def answer(self) -> Iterator[bytes]:
        """Host: yield what is answered, piece by piece, and nothing where nothing is new yet."""
        at = 0
        while True:
            done = self._file("done").exists()
            if self._file("out").exists():
                with self._file("out").open("rb") as out:
                    out.seek(at)
                    piece = out.read()
                at += len(piece)
                yield piece
            if done:
                return
            yield b""
            time.sleep(LOOK_S)

    def is_asked(self) -> bool:
        """Session: whether the host has asked."""
        return self._file("in").exists()

    def asked(self) -> bytes:
        """Session: return what was asked."""
        return self._file("in").read_bytes()

    def is_stopped(self) -> bool:
        """Session: whether the user wants it to end, once more since this was last true."""
        if not self._file(f"stop-{self._stops + 1}").exists():
            return False
        self._stops += 1
        return True

    @property
    def out(self) -> Path:
        """Session: where the answer goes."""
        return self._file("out")

    def finish(self) -> None:
        """Session: say that the answer is whole."""
        self._file("done").touch()

    def _file(self, suffix: str) -> Path:
        return self._stem.with_name(f"{self._stem.name}.{suffix}")
