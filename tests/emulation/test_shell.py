"""Lines at the prompt of `apn-emu shell`, from a pipe and from a terminal, and its controller."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from apn_emu.cli.shell import PROMPT, command

pytestmark = pytest.mark.kernel

SCENARIO = """
name: shelled
network: {nodes: [{id: a}, {id: b}], links: [{a: a, b: b, km: 40}]}
sites: {a: {transponders: 2}, b: {transponders: 2}}
lightpaths: [{from: a, to: b, rate: 100G}]
"""
PING = "a1 ping -q -c 1 -W 1 b1\n"
EMULATOR = [sys.executable, "-m", "apn_emu"]
LIMIT_S = 100.0


@pytest.fixture
def scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a scenario's file, where temporary files have a folder of their own, `temporary`."""
    file = tmp_path / "mine.yaml"
    file.write_text(SCENARIO)
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    return file


def test_a_cut_stops_pings_and_a_repair_lets_them_pass(scenario: Path) -> None:
    lines = (
        f"time\n{PING}lightpaths\ncut a-b\nlinks\n{PING}repair a-b\nwait 1 s\n{PING}cut x\n"
        "a1\nxterm a1\n\na1 curl -s http://controller:8181/v1/lightpaths/a-b\nexit\n"
    )
    done = CliRunner().invoke(command, [str(scenario), "--quiet"], input=lines)
    assert done.exit_code == 0, done.output
    assert done.output.startswith("0 s\n")
    lost = [line for line in done.output.splitlines() if "packet loss" in line]
    received = [line.split(",")[1].strip() for line in lost]
    assert received == ["1 received", "0 received", "1 received"]
    assert "INSTALLED ENABLED" in done.output
    assert "40.0 km  cut" in done.output
    assert "there is no link 'x'; there are a-b" in done.output
    assert "write a command behind it, such as: a1 ip address" in done.output
    assert "xterm is not there: nodes have no display" in done.output
    assert '"route": ["a", "b"]' in done.output


class Terminal:
    """A shell on a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.code: int | None = None
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            os.execv(EMULATOR[0], [*EMULATOR, "shell", *arguments])

    def read_until(self, wanted: str) -> str:
        """Return what is printed up to the wanted text."""
        text, limit_s = "", time.monotonic() + LIMIT_S
        while wanted not in text:
            assert select.select([self._file], [], [], limit_s - time.monotonic())[0], text
            text += os.read(self._file, 1).decode(errors="replace")
        return text

    def say(self, keys: str, wanted: str = PROMPT) -> str:
        """Press keys; return what is printed up to the wanted text."""
        os.write(self._file, keys.encode())
        return self.read_until(wanted)

    def wait(self) -> int:
        """Return the exit code."""
        self.code = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.code


@contextmanager
def shell(*arguments: str) -> Iterator[Terminal]:
    """Begin a shell and wait for its prompt; kill it in the end, if it still runs."""
    terminal = Terminal(*arguments)
    try:
        terminal.read_until(PROMPT)
        yield terminal
    finally:
        if terminal.code is None:
            os.kill(terminal.pid, signal.SIGKILL)
            terminal.wait()


def lightpath(*arguments: str) -> tuple[int, str]:
    """Run `apn-emu lightpath`; return its exit code and what it printed."""
    done = subprocess.run(
        [*EMULATOR, "lightpath", *arguments], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def seconds(printed: str) -> float:
    found = re.search(r"([\d.]+) (s|ms)\r", printed)
    assert found, printed
    return float(found[1]) * {"s": 1.0, "ms": 1e-3}[found[2]]


def test_a_terminal_and_a_client_beside_it(scenario: Path) -> None:
    temporary = scenario.with_name("temporary")
    assert "no shell session runs here" in lightpath("list")[1]
    with shell(str(scenario)) as terminal:
        (socket_file,) = temporary.glob("*/controller.sock")
        assert socket_file.stat().st_mode & 0o777 == 0o600
        assert socket_file.parent.stat().st_mode & 0o777 == 0o700

        assert seconds(terminal.say("time\n")) == 0
        terminal.say("garbage", "garbage")
        time.sleep(0.1)  # until it waits for keys again: Python may miss a Ctrl-C before
        assert terminal.say("\x03").endswith(f"\r\n{PROMPT}")
        assert seconds(terminal.say("\x1b[A\n")) == 0  # history; time stands still at the prompt
        assert "is not cut" in terminal.say("rep\ta-\t\n")  # completion

        code, printed = lightpath("create", "a", "b", "--id", "second", "--json")
        assert code == 0, printed
        assert json.loads(printed)["operational_state"] == "ENABLED"
        assert 0 < seconds(terminal.say("time\n")) < 1
        assert lightpath("show", "none")[0] == 2

        terminal.say("a1 ping b1\n", "icmp_seq=2 ")
        code, printed = lightpath("delete", "second")  # while a program runs
        assert (code, printed) == (0, "second: deleted\n")
        assert "packets transmitted" in terminal.say("\x03")
        terminal.say(
            "a1 trap 'echo kept' INT; echo begun; while :; do sleep 1; done\n", "\r\nbegun"
        )
        terminal.say("\x03", "kept")
        assert terminal.say("\x03").endswith(PROMPT)
        terminal.say("wait 9000 d\n", "\n")
        time.sleep(0.1)  # until it is carried out
        assert terminal.say("\x03").endswith(PROMPT)

        elsewhere = temporary / f"{socket_file.parent.name}2"
        elsewhere.mkdir()
        (elsewhere / socket_file.name).hardlink_to(socket_file)
        code, printed = lightpath("list")
        assert (code, printed.count("--socket ")) == (2, 2)
        (elsewhere / socket_file.name).unlink()
        elsewhere.rmdir()

        os.kill(terminal.pid, signal.SIGKILL)
        terminal.wait()
        limit_s = time.monotonic() + LIMIT_S
        while list(temporary.iterdir()):  # its guard removes all
            assert time.monotonic() < limit_s
            time.sleep(0.1)


def test_in_real_time_time_goes_on_at_the_prompt(scenario: Path) -> None:
    with shell(str(scenario), "--real-time", "--quiet") as terminal:
        first_s = seconds(terminal.say("time\n"))
        time.sleep(0.3)
        assert seconds(terminal.say("time\n")) >= first_s + 0.3
        assert lightpath("create", "a", "b", "--id", "second")[0] == 0
        terminal.say("a1 ping b1\n", "icmp_seq=1 ")
        assert "packets transmitted" in terminal.say("\x03")
        terminal.say("\x04", "\r\n")
        assert terminal.wait() == 0
    assert not list(scenario.with_name("temporary").iterdir())
