"""The cache stays small, and nothing goes that a run uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from apn_emu.engine.embedded.pruning import CODE, INDEX, NATIVE, RUNS, empty, held, prune, size

HOLDS = """
import sys
from pathlib import Path
from apn_emu.engine.embedded.pruning import held
with held(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a cache with five bundles, made one after the other, of 1000 bytes each."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = tmp_path / "apn-emu"
    for number in range(5):
        made = folder / f"{CODE}{number}"
        made.mkdir(parents=True)
        (made / "module.pyc").write_bytes(bytes(1000))
        os.utime(made, (number, number))
    return folder


def names(cache: Path) -> list[str]:
    return sorted(entry.name for entry in cache.iterdir() if entry.suffix != ".used")


def test_the_last_used_ones_are_kept(cache: Path) -> None:
    with held(cache / "code-1"):
        pass
    assert prune(CODE, kept=3) == 2000
    assert names(cache) == ["code-1", "code-3", "code-4"]
    assert prune(CODE, kept=3) == 0


def test_one_that_another_process_holds_is_kept_until_that_is_killed(cache: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(cache / "code-0")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        prune(CODE, kept=0)
        assert names(cache) == ["code-0"]
        holder.kill()
    prune(CODE, kept=0)
    assert list(cache.iterdir()) == []


def test_all_is_removed_but_what_is_held_and_what_is_no_entry(cache: Path) -> None:
    (cache / f"{NATIVE}0").mkdir()
    (cache / f"{INDEX}0.json").write_text("[]")
    (cache / RUNS).mkdir()
    (cache / RUNS / "0").write_bytes(bytes(10))
    (cache / "processor-0.lock").touch()
    everything = size()
    assert everything == 5012
    with held(cache / "code-2"):
        assert empty() == everything - 1000
    assert names(cache) == ["code-2", "processor-0.lock"]
