"""What stands in a ledger is removed, and nothing else, however often."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from apn_emu.engine.host.cleaning import clean
from apn_emu.engine.host.ledger import EMULATOR, Ledger
from apn_emu.errors import MachineError


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(["sleep", "1000"])
    yield process
    process.kill()
    process.wait()


def test_what_a_killed_run_left_is_removed(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    staging, strange = tmp_path / "staging", tmp_path / "strange"
    for folder in (staging, strange):
        (folder / "deep").mkdir(parents=True)
    ledger = Ledger.open(tmp_path / "state")
    ledger.add_process("guard", sleeper.pid)
    ledger.add_folder(staging)
    cleaned = clean(tmp_path / "state")
    assert [process.pid for process in cleaned.processes] == [sleeper.pid]
    assert sleeper.wait() == -9
    assert [folder.path for folder in cleaned.folders] == [str(staging)]
    assert (staging.exists(), strange.exists(), ledger.folder.exists()) == (False, True, False)
    again = clean(tmp_path / "state")
    assert not again.processes
    assert not again.folders


def test_a_run_that_goes_on_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.add_process(EMULATOR, os.getpid())
    ledger.add_process("guard", sleeper.pid)
    cleaned = clean(tmp_path)
    assert [process.pid for process in cleaned.running] == [os.getpid()]
    assert sleeper.poll() is None
    assert ledger.folder.exists()


def test_a_later_process_and_a_later_folder_are_none_of_ours(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    ledger = Ledger.open(tmp_path / "state")
    ledger.add_process("guard", sleeper.pid)
    ledger.add_folder(folder)
    (process,), (noted,) = ledger.entries()
    boot, start = process.start.split()
    for earlier in (f"{boot} {int(start) - 1}", f"{boot[:-1]}- {start}"):
        replace(process, start=earlier).end()
    assert sleeper.poll() is None
    assert not replace(noted, inode=noted.inode + 1).remove()
    assert folder.exists()


def test_an_ended_process_is_not_there(tmp_path: Path) -> None:
    process = subprocess.Popen(["sleep", "1000"])
    ledger = Ledger.open(tmp_path)
    ledger.add_process("guard", process.pid)
    (noted,), _ = ledger.entries()
    assert noted.is_there()
    process.kill()
    process.wait()
    assert not noted.is_there()
    noted.end()


def test_two_runs_have_ledgers_of_their_own(tmp_path: Path) -> None:
    assert Ledger.open(tmp_path).folder != Ledger.open(tmp_path).folder


def test_nothing_to_clean_where_nothing_ever_ran(tmp_path: Path) -> None:
    assert clean(tmp_path / "never").folders == []


def test_a_ledger_that_was_cut_off_is_read_as_far_as_it_goes(
    tmp_path: Path, sleeper: subprocess.Popen[bytes]
) -> None:
    ledger = Ledger.open(tmp_path)
    ledger.add_process("guard", sleeper.pid)
    with (ledger.folder / "ledger").open("a") as file:
        file.write('{"what": "first pro')  # the disk was full
    assert [process.pid for process in clean(tmp_path).processes] == [sleeper.pid]


@pytest.mark.skipif(os.getuid() == 0, reason="root may see everything")
def test_who_may_not_see_the_ledgers_is_told(tmp_path: Path) -> None:
    ledger = Ledger.open(tmp_path / "state")
    ledger.folder.parent.chmod(0)
    with pytest.raises(MachineError, match="run it as root"):
        clean(tmp_path / "state")
    ledger.folder.parent.chmod(0o700)
