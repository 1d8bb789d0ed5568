"""What is measured: each metric with its dimension and definition. Workloads add theirs here."""

from __future__ import annotations

from dataclasses import dataclass

from apn_emu.units import (
    DURATION,
    FRACTION,
    RATE,
    SIZE,
    Dimension,
    format_bytes,
    format_duration,
    format_rate,
)

COUNT = Dimension("number", "1", {"": 1.0}, "0")
EVENT_RATE = Dimension("events per second", "1/s", {"": 1.0}, "20000")


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
    "hop_delay": Metric(DURATION, "time of one packet to a place from the one before on its way"),
    "planned_hop_delay": Metric(
        DURATION, "what the plan's latency budget says of that, queues being empty"
    ),
    "throughput": Metric(RATE, "received payload per second, the warm-up left out"),
    "aggregate_throughput": Metric(RATE, "throughput of all flows of a matrix together"),
    "fairness": Metric(FRACTION, "Jain's fairness index of what each flow got of what it asked"),
    "cut_efficiency": Metric(
        FRACTION, "throughput across the narrowest cut, of that cut's capacity"
    ),
    "fct": Metric(DURATION, "flow completion time: from connecting to the receiver's last byte"),
    "slowdown_small": Metric(
        COUNT, "completion time of a flow up to 100 kB, over what it would take alone"
    ),
    "slowdown_medium": Metric(COUNT, "the same of a flow of 100 kB to 10 MB"),
    "slowdown_large": Metric(COUNT, "the same of a flow above 10 MB"),
    "response_time": Metric(DURATION, "from a request to the last byte of the slowest answer"),
    "call_time": Metric(DURATION, "from a request to the last byte of one server's answer"),
    "loss": Metric(FRACTION, "packets that were sent and never arrived, of all (RFC 7680)"),
    "jitter": Metric(DURATION, "delay variation between packets (RFC 3550 clause 6.4.1)"),
    "retransmits": Metric(COUNT, "TCP segments sent again"),
    "outage": Metric(DURATION, "longest time between two packets, beyond their interval"),
    "stall": Metric(DURATION, "longest time in which a TCP connection brought nothing"),
    "recovery": Metric(
        DURATION, "from the beginning of that stall until TCP is back at 90 % of its throughput"
    ),
    "lost": Metric(COUNT, "packets that were sent and never arrived"),
    "duplicates": Metric(COUNT, "packets that arrived a second time (RFC 5560)"),
    "blocked": Metric(COUNT, "1 if the controller refused a lightpath, else 0"),
    "setup_time": Metric(
        DURATION, "from asking for a lightpath until it is enabled, as the client sees it"
    ),
    "teardown_time": Metric(DURATION, "from asking to delete a lightpath until it is gone"),
    "exit": Metric(COUNT, "exit code of a command"),
    "run_time": Metric(DURATION, "time from a command's start to its end"),
    "operation_time": Metric(
        DURATION, "time of a collective operation, until the last server has all its bytes"
    ),
    "algorithm_bandwidth": Metric(RATE, "message size over operation time (nccl-tests algbw)"),
    "bus_bandwidth": Metric(
        RATE, "what a ring sends through each card in the operation time (nccl-tests busbw)"
    ),
    "step_time": Metric(DURATION, "time of one training step"),
    "step_time_ratio": Metric(COUNT, "step time over that in one site without latency"),
    "communication_share": Metric(FRACTION, "of a training step, beyond its computing"),
    "commit_latency": Metric(
        DURATION, "from handing over a write or transaction until it is committed"
    ),
    "transaction_rate": Metric(EVENT_RATE, "committed transactions of a database per second"),
    "iops": Metric(EVENT_RATE, "committed writes per second"),
    "replication_lag": Metric(
        DURATION, "from a write's commit at the primary until it is durable at the replica"
    ),
    "rpo": Metric(
        DURATION, "age of the oldest write that a loss of the primary's site costs, at most"
    ),
    "rpo_data": Metric(SIZE, "bytes that a loss of the primary's site costs, at most"),
    "migration_time": Metric(DURATION, "from the first byte until the machine runs elsewhere"),
    "downtime": Metric(DURATION, "how long a migrated machine does not run"),
    "migration_data": Metric(SIZE, "bytes sent for a migration"),
    "migration_rounds": Metric(COUNT, "rounds of copying memory, the last one included"),
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
    if dimension is SIZE:
        return format_bytes(value)
    whole = value == int(value) or abs(value) >= 1e4
    return f"{value:,.0f}" if whole else f"{value:,.4g}"
