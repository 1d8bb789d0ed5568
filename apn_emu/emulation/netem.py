"""Delay, rate and loss of a device by the kernel's netem qdisc, to the nanosecond.

Set over netlink and not with `tc`: iproute2 cuts delays to whole microseconds (until 6.1, Debian
12), and a path over ten fibres would be some microseconds too short.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass

from apn_emu.emulation.netlink import (
    NLM_F_CREATE,
    NLM_F_EXCL,
    Request,
    attribute,
    qdisc,
    talk,
)

HANDLE = 1 << 16
"""`1:` of tc: what stands below it names it so."""

TCA_NETEM_RATE, TCA_NETEM_RATE64, TCA_NETEM_LATENCY64 = 6, 8, 10

CLOCK_STEP_NS = 256
"""The clock that netem reads counts in such steps (TIMER_MULTIPLIER, arch/um/kernel/time.c)."""

IN_FLIGHT_PACKETS = 10_000_000
"""netem's limit, where nothing may be dropped: it counts packets on their way, not a queue."""


@dataclass(frozen=True)
class Netem:
    """What a device does to each packet: serialise it at `rate_bps` (0: not at all), delay it, and
    lose it with probability `loss`. `overhead_bytes` are added to each packet's length. What is
    lost is lost at the entrance: packets that are inside when the loss changes still arrive."""

    delay_ns: int
    rate_bps: int = 0
    overhead_bytes: int = 0
    loss: float = 0.0

    def options(self) -> bytes:
        """Return struct tc_netem_qopt and its attributes (linux/pkt_sched.h)."""
        loss = round(self.loss * 0xFFFFFFFF)
        fixed = struct.pack("=6I", 0, IN_FLIGHT_PACKETS, loss, 0, 0, 0)
        attributes = attribute(TCA_NETEM_LATENCY64, struct.pack("=q", self._on_clock()))
        if self.rate_bps:
            rate = self.rate_bps // 8
            attributes += attribute(
                TCA_NETEM_RATE,
                struct.pack("=IiIi", min(rate, 0xFFFFFFFF), self.overhead_bytes, 0, 0),
            )
            attributes += attribute(TCA_NETEM_RATE64, struct.pack("=Q", rate))
        return fixed + attributes

    def _on_clock(self) -> int:
        """Return the delay that the clock keeps as the nearest one: it waits for the next step, and
        from half a step below it takes the nearest to delay and serialisation together."""
        nearest_ns = round(self.delay_ns / CLOCK_STEP_NS) * CLOCK_STEP_NS
        return max(0, nearest_ns - CLOCK_STEP_NS // 2) if self.rate_bps else nearest_ns


def apply(devices: Iterable[tuple[str, Netem]]) -> None:
    """Give each device of this network namespace its netem; raise `EmulationError`."""
    talk(_request(name, netem, NLM_F_CREATE | NLM_F_EXCL) for name, netem in devices)


def change(devices: Iterable[tuple[str, Netem]]) -> None:
    """Change the netem of devices that have one; packets inside keep what they got on entering."""
    talk(_request(name, netem, 0) for name, netem in devices)


def _request(name: str, netem: Netem, flags: int) -> Request:
    options = netem.options()
    return f"netem on {name}", qdisc(name, "netem", options, flags, HANDLE)
