"""The user's cache: things made once and used by many runs at the same time."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from apn_emu.errors import MachineError


def cache_folder() -> Path:
    """Return a folder of ours that can be written: in the user's cache, else in /var/tmp or /tmp.

    Raises `MachineError` when there is none. XDG Base Directory Specification: XDG_CACHE_HOME.
    """
    home = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    own = f"apn-emu-{os.getuid()}"
    candidates = (Path(home).expanduser() / "apn-emu", Path("/var/tmp") / own, Path("/tmp") / own)
    for folder in candidates:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            mine = folder.stat().st_uid == os.getuid()
        except OSError:
            continue
        if mine and os.access(folder, os.W_OK | os.X_OK):
            return folder
    raise MachineError(
        f"no folder can be written for the cache (tried {', '.join(map(str, candidates))});"
        " set XDG_CACHE_HOME to one that can"
    )


def digest(text: str | bytes) -> str:
    """Return a short name for a content."""
    data = text.encode() if isinstance(text, str) else text
    return hashlib.sha256(data).hexdigest()[:16]


@contextmanager
def publish(folder: Path) -> Iterator[Path]:
    """Make a folder so that other runs see all of it or nothing: yields a staging folder."""
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    except OSError as error:
        raise _unwritable(folder, error) from error
    try:
        yield staging
        try:
            staging.rename(folder)
        except OSError:
            if not folder.exists():  # else another run published the same in the meantime
                raise
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file so that other runs see all of it or the one before."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(content.encode() if isinstance(content, str) else content)
        Path(file.name).replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> MachineError:
    return MachineError(f"cannot write to the cache {path.parent}: {error.strerror}")
