"""Keeps the cache small: what was made for a state of the sources goes when others are in use.

A run holds the folders that it uses by a lock (flock(2)), which ends with its process however that
ends and is seen by other versions and from other containers. Beside a folder, an empty file tells
by its time when it was last used: the folder's own time is seen by running guests.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from apn_emu.engine.embedded.cache import cache_folder

KEPT = 10
"""Entries of a kind; a bundle has 30 MB."""

CODE, NATIVE, INDEX, RUNS = "code-", "native-", "sources-", "runs"
"""Names of the entries begin so; the last is a folder of files."""

USED = ".used"


@contextmanager
def held(folder: Path) -> Iterator[Path]:
    """Keep an entry from being removed while it is used."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with suppress(OSError):  # a file system without locks: then nothing is removed from it
            fcntl.flock(opened, fcntl.LOCK_SH)
        folder.with_suffix(USED).touch()
        yield folder
    finally:
        os.close(opened)


def prune(kind: str, kept: int = KEPT) -> int:
    """Remove entries of a kind but for the last used ones and those held; return the bytes."""
    entries = [entry for entry in cache_folder().glob(f"{kind}*") if entry.suffix != USED]
    entries.sort(key=_last_use_ns, reverse=True)
    return sum(map(_remove, entries[kept:]))


def empty() -> int:
    """Remove all that is kept between runs and not held; return the bytes."""
    return sum(prune(kind, kept=0) for kind in (CODE, NATIVE, INDEX, RUNS))


def size() -> int:
    """Return the bytes of all that `empty` would remove if nothing was held."""
    kinds = (CODE, NATIVE, INDEX, RUNS)
    return sum(_size(entry) for kind in kinds for entry in cache_folder().glob(f"{kind}*"))


def _last_use_ns(entry: Path) -> int:
    stamp = entry.with_suffix(USED)
    return (stamp if stamp.exists() else entry).stat().st_mtime_ns


def _remove(entry: Path) -> int:
    """Remove an entry that nobody holds; return its bytes."""
    removed = _size(entry)
    try:
        opened = os.open(entry, os.O_RDONLY)
    except FileNotFoundError:  # another run has removed it meanwhile
        return 0
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with tempfile.TemporaryDirectory(prefix=".", dir=entry.parent) as bin_folder:
            entry.rename(Path(bin_folder) / entry.name)  # all of it or nothing is seen
        entry.with_suffix(USED).unlink(missing_ok=True)
    except OSError:  # held
        return 0
    finally:
        os.close(opened)
    return removed


def _size(entry: Path) -> int:
    files = entry.rglob("*") if entry.is_dir() else [entry]
    return sum(file.lstat().st_size for file in files)
