"""Round-trip time by ICMP echo: the system's own `ping` (RFC 792, RFC 4443)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from apn_emu.emulation.timeline import Activity, Exit
from apn_emu.errors import EmulationError
from apn_emu.measuring.context import Context, Row, label
from apn_emu.measuring.workload import Workload, parameter

if TYPE_CHECKING:
    from apn_emu.scenario.vocabulary import Pairs, Period

_REPLY = re.compile(r"icmp_seq=(\d+) .*time=([\d.]+) ms")
_SENT = re.compile(r"(\d+) packets transmitted, (\d+) received")
_SUMMARY = re.compile(r"= ([\d.]+)/([\d.]+)/([\d.]+)/")


class Ping(Workload):
    """Round-trip times by ICMP echo (RFC 792, RFC 4443), the system's `ping`."""

    pairs: Pairs = parameter("Between which servers.", key="ping")
    count: int = parameter("Echo requests for each pair.", 10, ge=1, le=1_000_000)
    interval_s: Period = parameter("Time between two requests.", 0.01)
    size_byte: int = parameter("Payload in bytes, 16 at least.", 56, ge=16, le=65507)
    ip: Literal[4, 6] = parameter("Version of IP.", 4)

    may_be_dark = True

    def check(self, written: Collection[str]) -> Iterator[tuple[str, str]]:
        """Refuse a duration."""
        if self.duration_s is not None:
            yield "a ping has no duration", "give count and interval"

    def run(self, context: Context) -> Activity:
        """Ping every pair; rows `rtt` (each reply, s) and `loss` (of all requests)."""

        def measure(source: str, destination: str, number: int) -> Activity:
            target = context.server(destination)
            address = target.ipv6 if self.ip == 6 else target.ipv4
            command = [
                *("ping", f"-{self.ip}", "-n", "-c", str(self.count)),
                *("-i", f"{self.interval_s:g}", "-s", str(self.size_byte), address),
            ]
            name = f"{self.name}-{source}-{destination}.txt".replace("/", ".")
            with context.record(name) as file:
                process = context.node(source).spawn(command, stdout=file, stderr=file)
                yield Exit(process)
            text = (context.records / name).read_text()
            ends = (self.name, label(source), label(destination))
            return [Row(*ends, *measured) for measured in read(text)]

        return context.for_pairs(self, measure)


def read(text: str) -> Iterable[tuple[str, float, str]]:
    """Return (metric, value, unit) of what ping printed; raise `EmulationError` if it failed.

    ping prints a reply with three significant digits but the smallest and largest time with whole
    microseconds; a reply's rounding is undone as far as those two tell.
    """
    sent = _SENT.search(text)
    if sent is None:
        raise EmulationError(f"ping failed: {text.strip() or 'it printed nothing'}")
    summary = _SUMMARY.search(text)
    if summary is not None:
        least_ms, most_ms = float(summary[1]), float(summary[3])
        for reply in _REPLY.finditer(text):
            rtt_ms = min(max(float(reply[2]), least_ms), most_ms)
            yield "rtt", round(rtt_ms / 1e3, 9), "s"
    yield "loss", round(1 - int(sent[2]) / int(sent[1]), 9), "1"
