"""What is read from pgbench, and which programs a run with PostgreSQL needs."""

from pathlib import Path

import pytest

from apn_emu.engine.embedded import programs
from apn_emu.errors import MachineError
from apn_emu.workloads.postgresql import read


def test_latencies_are_read_from_pgbenchs_log():
    log = "0 1 392 0 946684842 105437\n1 1 1872 0 946684842 105437\n"
    assert list(read(log)) == [0.000392, 0.001872]


def test_programs_that_a_workload_needs_are_named_with_their_package(monkeypatch):
    monkeypatch.setattr(programs, "GUEST_PATH", "/nowhere")
    monkeypatch.setattr(programs, "POSTGRESQL", Path("/nowhere"))
    with pytest.raises(MachineError, match=r"initdb, .*apt-get install .*postgresql"):
        programs.check_programs(["ping", "postgresql"])
    with pytest.raises(MachineError, match=r"pgbench is missing; .*`apt-get install postgresql`"):
        programs.find_program("pgbench", "postgresql")


def test_the_newest_postgresql_is_taken(monkeypatch, tmp_path):
    for version in ("9.6", "15", "8.4"):
        program = tmp_path / version / "bin" / "initdb"
        program.parent.mkdir(parents=True)
        program.touch(mode=0o755)
    monkeypatch.setattr(programs, "POSTGRESQL", tmp_path)
    assert programs.find_program("initdb") == str(tmp_path / "15" / "bin" / "initdb")
