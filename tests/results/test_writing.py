import errno
import os
from pathlib import Path

import pytest

from apn_emu.errors import EmulationError, InputError
from apn_emu.results import writing
from apn_emu.results.measurements import to_csv
from apn_emu.results.writing import check_folder, write_files, write_run


def test_a_run_is_written_as_the_contract_says(result, tmp_path):
    plan = {"lightpaths": [], "fibres": [], "sites": []}
    write_run(tmp_path / "out", result, plan, "booted\n", "apn-emu run five.yaml")
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"result.json", "measurements.csv", "plan.json", "report.html", "console.log"}
    assert (tmp_path / "out" / "measurements.csv").read_text() == to_csv(result.measurements)
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_an_earlier_run_is_replaced_and_foreign_files_stay(tmp_path):
    out = tmp_path / "deep" / "out"
    write_files(out, {"a": "1", "b": "1"})
    (out / "mine").write_text("mine")
    write_files(out, {"a": "2", "c": "2"})
    found = {file.name: file.read_text() for file in out.iterdir()}
    assert found == {"a": "2", "b": "1", "c": "2", "mine": "mine"}


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("fails", ["write", "flush"])
def test_a_full_disk_changes_nothing(tmp_path, monkeypatch, existing, fails):
    out = tmp_path / "out"
    if existing:
        write_files(out, {"a": "old"})
    calls = []

    def full(*arguments):
        calls.append(arguments)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        if fails == "write":
            original(*arguments)

    original = writing._write_to_disk
    monkeypatch.setattr(*((writing, "_write_to_disk") if fails == "write" else (os, "fsync")), full)
    with pytest.raises(EmulationError, match="No space left on device"):
        write_files(out, {"a": "new", "b": "new"})
    assert [file.name for file in tmp_path.rglob("*")] == (["out", "a"] if existing else [])
    assert not existing or (out / "a").read_text() == "old"


def test_a_folder_in_the_place_of_a_file_changes_nothing(tmp_path):
    (tmp_path / "b").mkdir()
    with pytest.raises(EmulationError, match="b is a folder there"):
        write_files(tmp_path, {"a": "new", "b": "new"})
    assert [file.name for file in tmp_path.rglob("*")] == ["b"]


def test_a_file_in_the_place_of_the_folder_is_said_before_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match=r"--out: .*file is a file; give a folder"):
        check_folder(tmp_path / "file" / "out")
    check_folder(tmp_path / "new" / "out")
    assert [file.name for file in tmp_path.iterdir()] == ["file"]
    with pytest.raises(EmulationError, match="cannot write the results"):
        write_files(tmp_path / "file", {"a": "1"})


def test_a_link_to_nothing_is_said_before_the_run(tmp_path):
    (tmp_path / "out").symlink_to(tmp_path / "gone" / "out")
    with pytest.raises(InputError, match=r"--out: .*out is a link to nothing; give a folder"):
        check_folder(tmp_path / "out")


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (Path("/proc/self/out"), "/proc/self cannot be written: .*; give a folder of yours"),
        (Path("o" * 256), "a name there has at most 255 bytes; give a shorter one"),
    ],
)
def test_a_place_where_even_root_cannot_write_is_said_before_the_run(folder, words, tmp_path):
    with pytest.raises(InputError, match=f"--out: {words}"):
        check_folder(tmp_path / folder)


def test_a_folder_may_have_the_longest_name(tmp_path):
    folder = tmp_path / ("o" * 255)
    check_folder(folder)
    write_files(folder, {"a": "1"})
    assert [file.name for file in folder.iterdir()] == ["a"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_of_somebody_else_is_said_before_the_run(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(InputError, match="cannot be written"):
        check_folder(tmp_path)
