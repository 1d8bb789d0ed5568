"""What is measured: each metric with its dimension and definition. Workloads add theirs here."""

from __future__ import annotations

from dataclasses import dataclass

from apn_emu.units import (
    DURATION,
    FRACTION,
    RATE,
    SIZE,
    Dimension,
    format_duration,
    format_rate,
)

COUNT = Dimension("number", "1", {"": 1.0}, "0")


@dataclass(frozen=True)
class Metric:
    """A measured quantity. `symmetric`: the value holds in both directions (a round trip)."""

    dimension: Dimension
    definition: str
    symmetric: bool = False


METRICS = {
    "rtt": Metric(DURATION, "round-trip time of one packet (RFC 2681)", symmetric=True),
    "delay": Metric(DURATION, "one-way delay of one packet (RFC 7679)"),
    "pdv": Metric(
        DURATION, "99.9th percentile of the one-way delay above its minimum (RFC 5481 clause 4.2)"
    ),
    "ipdv": Metric(
        DURATION,
        "mean change of the one-way delay from packet to packet (RFC 3393, RFC 5481 clause 4.1)",
    ),
    "hop_delay": Metric(DURATION, "time of one packet from one place on its way to the next"),
    "planned_hop_delay": Metric(
        DURATION, "what the plan's latency budget says of that, queues being empty"
    ),
    "throughput": Metric(RATE, "received payload per second, the warm-up left out"),
    "loss": Metric(FRACTION, "packets that were sent and never arrived, of all (RFC 7680)"),
    "jitter": Metric(DURATION, "delay variation between packets (RFC 3550 clause 6.4.1)"),
    "retransmits": Metric(COUNT, "TCP segments sent again"),
    "outage": Metric(DURATION, "longest time without a packet around an event"),
    "exit": Metric(COUNT, "exit code of a command"),
    "run_time": Metric(DURATION, "time from a command's start to its end"),
    "transferred": Metric(SIZE, "payload bytes received"),
}


def show(dimension: Dimension, value: float) -> str:
    """Return a value in SI units as people read it, e.g. `0.981 ms` or `97.9 Gbit/s`."""
    if dimension is DURATION:
        return format_duration(value)
    if dimension is RATE:
        return format_rate(value)
    if dimension is FRACTION:
        return f"{value * 100:.4g} %"
    unit = " B" if dimension is SIZE else ""
    return f"{value:,.0f}{unit}" if value == int(value) else f"{value:,.4g}{unit}"
