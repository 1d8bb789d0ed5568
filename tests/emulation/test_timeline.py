"""Activities wait for moments, sockets and each other; background ones keep nobody waiting."""

import socket
import time

from apn_emu.emulation.timeline import At, Readable, Timeline


def test_activities_go_on_in_the_order_of_their_moments():
    timeline = Timeline()
    done = []

    def at(moment_s, name):
        yield At(moment_s)
        done.append(name)
        return name

    def both():
        results = [(yield timeline.add(at(0.03, "c"))), (yield timeline.add(at(0.01, "x")))]
        done.append(results)

    timeline.start()
    timeline.add(at(0.02, "b"))
    timeline.add(both())
    timeline.add(at(-1.0, "a"))
    timeline.run()
    assert done == ["a", "b", "c", "x", ["c", "x"]]
    assert timeline.now_s >= 0.03


def test_an_activity_waits_for_a_socket():
    timeline = Timeline()
    here, there = socket.socketpair()
    got = []

    def reader():
        while True:
            yield Readable(here)
            data = here.recv(10)
            if not data:
                return
            got.append(data)

    def writer():
        for text in (b"one", b"two"):
            there.send(text)
            yield timeline.sleep(0.005)
        there.close()

    timeline.add(reader())
    timeline.add(writer())
    timeline.run()
    assert got == [b"one", b"two"]
    here.close()


def test_a_background_activity_is_closed_with_the_last_of_the_others():
    timeline = Timeline()
    steps = []

    def ticking():
        try:
            while True:
                yield timeline.sleep(0.002)
                steps.append("tick")
        finally:
            steps.append("closed")

    def short():
        yield timeline.sleep(0.01)

    timeline.add(ticking(), background=True)
    timeline.add(short())
    timeline.run()
    assert steps[-1] == "closed"
    assert "tick" in steps


def test_an_activity_started_by_one_that_ends_at_once_runs_too():
    timeline = Timeline()
    done = []

    def inner():
        yield timeline.sleep(0.001)
        done.append("inner")

    def outer():
        timeline.add(inner())
        return
        yield

    timeline.add(outer())
    limit_s = time.monotonic() + 10
    timeline.run()
    assert done == ["inner"]
    assert time.monotonic() < limit_s
