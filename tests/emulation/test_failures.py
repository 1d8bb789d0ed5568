"""Whatever ends a run, the error is clear, nothing is half-written and nothing is left behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.kernel

SCENARIO = """
name: fails
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 10}]}
sites: {a: , b: }
lightpaths: [{from: a, to: b, rate: 100G}]
workloads: [{command: [COMMAND], on: a, name: it}]
time_limit: LIMIT
virtual_time_limit: 6 h
"""


class Emulator:
    """`apn-emu run` as a process of its own, with its own temporary folder."""

    def __init__(self, folder: Path, command: str, limit: str = "60 s", **extra: str) -> None:
        self.temporary = folder / "with blank"
        self.temporary.mkdir()
        self.out = folder / "out"
        scenario = folder / "fails.yaml"
        scenario.write_text(SCENARIO.replace("COMMAND", command).replace("LIMIT", limit))
        arguments = ["-m", "apn_emu", "run", str(scenario), "--out", str(self.out)]
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            env=os.environ | {"TMPDIR": str(self.temporary)} | extra,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # Shells let their background jobs ignore SIGINT, and whoever these start inherits it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def wait_for(self, phase: str) -> None:
        assert self.process.stderr is not None
        while not self.process.stderr.readline().startswith(phase):
            assert self.process.poll() is None

    def kernel(self) -> int:
        """Return the kernel's process, the child of the guard."""
        return only_child(only_child(self.process.pid))

    def end(self) -> tuple[int, str]:
        _, errors = self.process.communicate(timeout=310)
        return self.process.returncode, errors

    def left(self) -> list[str]:
        """Return what is left: files, and processes that know the temporary folder."""
        found = [str(path) for path in self.temporary.iterdir()]
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if str(self.temporary).encode() in (entry / "environ").read_bytes():
                    found.append((entry / "cmdline").read_bytes().decode())
            except OSError:
                continue
        return found + ([str(self.out)] if self.out.exists() else [])


def only_child(pid: int) -> int:
    """Return the child of a process, once it has one."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not (pids := children.read_text().split()):
        time.sleep(0.01)
    return int(pids[0])


def wait_until_nothing_is_left(emulator: Emulator) -> None:
    limit_s = time.monotonic() + 10
    while emulator.left() and time.monotonic() < limit_s:
        time.sleep(0.1)
    assert emulator.left() == []


@pytest.mark.parametrize("stopped", [False, True])
def test_time_limit(tmp_path: Path, stopped: bool) -> None:
    emulator = Emulator(tmp_path, "python3, -c, 'while True: pass'", limit="8 s")
    if stopped:  # a kernel that does nothing any more, as in a deadlock
        emulator.wait_for("building")
        os.kill(emulator.kernel(), signal.SIGSTOP)
    code, errors = emulator.end()
    assert code == 4
    assert "longer than its time limit of 8 s" in errors
    assert emulator.left() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt(tmp_path: Path, number: signal.Signals) -> None:
    emulator = Emulator(tmp_path, "python3, -c, 'while True: pass'")
    emulator.wait_for("lighting")
    emulator.process.send_signal(number)
    code, errors = emulator.end()
    assert code == 130, errors
    assert "interrupted" in errors
    assert emulator.left() == []


def test_kill_of_the_emulator(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "python3, -c, 'while True: pass'")
    emulator.wait_for("lighting")
    emulator.process.kill()
    emulator.end()
    wait_until_nothing_is_left(emulator)


def test_kill_of_the_guard(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "python3, -c, 'while True: pass'")
    emulator.wait_for("lighting")
    os.kill(only_child(emulator.process.pid), signal.SIGKILL)
    code, errors = emulator.end()
    assert code == 4
    assert "the guard of the run was killed" in errors
    wait_until_nothing_is_left(emulator)


def test_panic_of_the_guest(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "sh, -c, 'echo c > /proc/sysrq-trigger; kill -SEGV 1; sleep 1'")
    code, errors = emulator.end()
    assert (code, "error: the machine ended" in errors) == (4, True), errors
    assert emulator.left() == []


def test_nothing_happens_any_more(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "sleep, infinity", limit="300 s")
    code, errors = emulator.end()
    assert code == 4
    assert "virtual time limit" in errors
    assert emulator.left() == []


def test_exit_code_and_missing_program(tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    (tmp_path / "2").mkdir()
    assert Emulator(tmp_path / "1", "sh, -c, exit 3").end()[0] == 1
    code, errors = Emulator(tmp_path / "2", "no-such-program").end()
    assert code == 4
    assert "no-such-program" in errors


def test_users_files_cannot_be_changed(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    # The scenario's folder is seen inside as /mnt/scenario; root in there can mount it writable.
    inside = "/mnt/scenario/mine"
    attack = (
        f"mount -o remount,rw /mnt/scenario ; grep -q mine {inside} || exit 9 ;"
        f" echo x > {inside} ; rm -f {inside} ; echo x > {inside}2 ; true"
    )
    code, errors = Emulator(tmp_path, f'sh, -c, "{attack}"').end()
    assert code == 0, errors
    assert mine.read_text() == "mine"
    assert not (tmp_path / "mine2").exists()


def test_a_spin_is_bounded_and_its_program_named(tmp_path: Path) -> None:
    spin = "import os, time; t = time.monotonic()\nwhile time.monotonic() < t + 1: os.sched_yield()"
    (tmp_path / "spin.py").write_text(spin)
    code, errors = Emulator(tmp_path, "python3, /mnt/scenario/spin.py").end()
    assert code == 0, errors
    engine = json.loads((tmp_path / "out" / "result.json").read_text())["engine"]
    assert engine["exact"]
    assert re.search(r"python\S* ran [0-9,]+ times without ever idling", engine["why"])


def test_tcp_that_lacks_the_machines_memory_is_named(tmp_path: Path) -> None:
    (tmp_path / "bulk.sh").write_text(
        "nsenter --net=/proc/1/ns/net sh -c 'echo 9 9 9 > /proc/sys/net/ipv4/tcp_mem' || exit 9\n"
        "tc qdisc add dev lo root netem delay 5ms limit 100000 || exit 9\n"
        "iperf3 -s -1 -D && sleep 0.1 && timeout 2 iperf3 -c 127.0.0.1 -n 20M; true\n"
    )
    code, errors = Emulator(tmp_path, "sh, /mnt/scenario/bulk.sh").end()
    assert code == 1, errors
    (verdict,) = json.loads((tmp_path / "out" / "result.json").read_text())["expectations"]
    assert verdict["text"] == "TCP on a1 ran out of the emulated machine's memory"


def test_missing_kernel(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path, "true", APN_EMU_KERNEL="/no/kernel")
    code, errors = emulator.end()
    assert code == 3
    assert "APN_EMU_KERNEL=/no/kernel is no program" in errors
    assert emulator.left() == []
