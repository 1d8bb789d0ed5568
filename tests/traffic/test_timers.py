import select
import time

from apn_emu.traffic.timers import Timer


def readable(timer: Timer, timeout_s: float) -> bool:
    return bool(select.select([timer], [], [], timeout_s)[0])


def test_a_timer_expires_once_at_its_moment_and_not_when_stopped():
    timer = Timer()
    assert not readable(timer, 0)
    timer.set(time.monotonic_ns() + 5_000_000)
    assert not readable(timer, 0)
    assert readable(timer, 10)
    timer.set(time.monotonic_ns() + 3600 * 10**9)
    assert not readable(timer, 0), "setting it anew forgets that it expired"
    timer.set(1)
    assert readable(timer, 10), "a moment that has passed"
    timer.stop()
    assert not readable(timer, 0)
    timer.close()
