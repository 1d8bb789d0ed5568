"""A TCP connection that sends as fast as it can, watched while the network changes under it."""

from __future__ import annotations

import time

from apn_emu.traffic.streams import AT_ONCE_BYTES, LOW_WATER_BYTES, Stream
from apn_emu.traffic.timers import Timer


def pump(stream: Stream, start_ns: int, interval_ns: int, count: int) -> None:
    """Send until `count` intervals from `start_ns` (monotonic clock) are over, or TCP gives up."""
    until_ns = start_ns + count * interval_ns
    timer = Timer()
    timer.set(until_ns)
    stream.reset_on_close()
    try:
        while time.monotonic_ns() < until_ns:
            stream.send(AT_ONCE_BYTES - stream.owed)
            stream.wait(timer)
    except OSError:
        return


def watch(stream: Stream, start_ns: int, interval_ns: int, count: int) -> list[int]:
    """Return the payload that the kernel had received at the end of each of `count` intervals.

    What arrives is thrown away, so that the window never closes. The list is shorter if the
    connection ended before.
    """
    timer = Timer()
    stream.wake_at(LOW_WATER_BYTES)
    arrived: list[int] = []
    for number in range(1, count + 1):
        until_ns = start_ns + number * interval_ns
        timer.set(until_ns)
        try:
            while time.monotonic_ns() < until_ns:
                stream.wait(timer)
                stream.receive()
        except OSError:
            break
        arrived.append(stream.arrived())
    return arrived
