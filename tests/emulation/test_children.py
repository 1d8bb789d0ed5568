"""Forked functions: their results, their failures, and waiting for them."""

import os
import socket
import subprocess

import pytest

from apn_emu.emulation.children import Child
from apn_emu.emulation.timeline import Exit, Timeline
from apn_emu.errors import EmulationError


def stay() -> None:
    """Enter no other namespace."""


def fork(function, *args, enter=stay):
    return Child("it on a1", enter, function, args)


def test_a_result_of_any_size_comes_back_exactly():
    data = {"bytes": os.urandom(1_000_000), "list": [1, 2.5, None, "a", (2**70,)]}
    assert fork(lambda given: given, data).result() == data


def test_a_child_inherits_what_its_parent_opened():
    listener = socket.create_server(("127.0.0.1", 0))
    child = fork(lambda: listener.accept()[0].recv(10))
    with socket.create_connection(listener.getsockname()) as client:
        client.send(b"hello")
        assert child.result() == b"hello"
    listener.close()


def test_a_failure_becomes_an_emulation_error_that_says_why():
    def refuse():
        raise OSError("no such port")

    with pytest.raises(EmulationError, match=r"^it on a1: no such port$"):
        fork(refuse).result()
    with pytest.raises(EmulationError, match=r"^it on a1: ZeroDivisionError: division by zero$"):
        fork(lambda: 1 / 0).result()
    with pytest.raises(EmulationError, match=r"^it on a1: no such port$"):
        fork(stay, enter=refuse).result()
    with pytest.raises(EmulationError, match=r"^it on a1: ended with -9$"):
        fork(lambda: os.kill(os.getpid(), 9)).result()


def test_a_child_never_runs_what_its_parent_does_at_its_end(tmp_path):
    mark = tmp_path / "mark"
    try:
        child = fork(lambda: None)
    finally:
        with mark.open("a") as file:
            file.write("x")
    assert child.result() is None
    assert mark.read_text() == "x"


def test_the_timeline_waits_for_children_and_programs_alike():
    timeline = Timeline()
    ended = []

    def wait_for(name, process):
        ended.append((name, (yield Exit(process))))

    gate, opener = os.pipe()
    timeline.add(wait_for("child", fork(lambda: os.read(gate, 1).decode())))
    timeline.add(
        wait_for(
            "program",
            subprocess.Popen(["sh", "-c", f"echo > /dev/fd/{opener}; exit 3"], pass_fds=[opener]),
        )
    )
    timeline.run()
    assert sorted(ended) == [("child", 0), ("program", 3)]
    os.close(gate)
    os.close(opener)


def test_a_server_that_is_ended_leaves_nothing():
    child = fork(lambda: socket.create_server(("127.0.0.1", 0)).accept())
    child.end()
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)
